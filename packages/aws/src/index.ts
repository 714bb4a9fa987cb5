export { type EventBridgeSwitch, NotificationsChangedError, switchOnEventBridge } from "./bucket-notifications.ts";
export { CALL_TIMEOUTS } from "./call-timeouts.ts";
export { S3ObjectStore } from "./s3-object-store.ts";
export { S3WholeObjectStore } from "./s3-whole-object-store.ts";
export { type MoveOutcome, SqsBacklog } from "./sqs-backlog.ts";
export { MessagesRefusedError, SqsMessageQueue } from "./sqs-message-queue.ts";
