import type { EventBridgeEvent } from "aws-lambda";
import type { ObjectCreated } from "../emulator/emulator.ts";

/** What EventBridge has of S3 in its `detail`. */
export interface ObjectCreatedDetail {
  readonly version: "0";
  readonly bucket: { readonly name: string };
  readonly object: {
    readonly key: string;
    readonly size: number;
    readonly etag: string;
    readonly "version-id"?: string;
    readonly sequencer: string;
  };
  readonly "request-id": string;
  readonly requester: string;
  readonly "source-ip-address": string;
  readonly reason: "PutObject" | "POST Object" | "CopyObject" | "CompleteMultipartUpload";
}

export type ObjectCreatedEvent = EventBridgeEvent<"Object Created", ObjectCreatedDetail>;

/**
 * EventBridge's event for a new object (S3 User Guide, "EventBridge event message structure").
 * @param sequencer the same as in the notification's event
 */
export function eventBridgeEvent(
  { bucket, key, etag, size }: Omit<ObjectCreated, "createdAt">,
  sequencer: string,
): ObjectCreatedEvent {
  return {
    version: "0",
    id: "00000000-0000-0000-0000-000000000000",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "000000000000",
    time: new Date().toISOString(),
    region: "us-east-1",
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      // The key is as it is, and not as in a URL.
      object: { key, size, etag, sequencer },
      "request-id": "local",
      requester: "000000000000",
      "source-ip-address": "127.0.0.1",
      // A multipart upload's ETag ends in the number of its parts.
      reason: etag.includes("-") ? "CompleteMultipartUpload" : "PutObject",
    },
  };
}
