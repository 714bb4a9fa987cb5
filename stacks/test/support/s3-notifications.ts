/** S3's answer for a bucket that notifies these functions. */
export function notifying(...functions: string[]): string {
  return configuration(
    functions.map((name) => target("CloudFunction", `lambda:us-east-1:123456789012:function:${name}`)),
  );
}

/** S3's answer for a bucket that notifies three others, and these functions, and sends its events to EventBridge. */
export function sharedLake(...functions: string[]): string {
  return configuration([
    target("CloudFunction", "lambda:us-east-1:123456789012:function:thumbnails"),
    target("Queue", "sqs:us-east-1:123456789012:audit"),
    target("Topic", "sns:us-east-1:123456789012:uploads"),
    ...functions.map((name) => target("CloudFunction", `lambda:us-east-1:123456789012:function:${name}`)),
    "<EventBridgeConfiguration/>",
  ]);
}

function configuration(targets: readonly string[]): string {
  return `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${targets.join("")}</NotificationConfiguration>`;
}

function target(kind: "CloudFunction" | "Queue" | "Topic", arn: string): string {
  return `<${kind}Configuration><Id>${arn}</Id><${kind}>arn:aws:${arn}</${kind}><Event>s3:ObjectCreated:*</Event></${kind}Configuration>`;
}
