import type { IncomingHttpHeaders } from "node:http";

/** A call to S3 or SQS, read off its HTTP request. */
export type AwsRequest = S3Request | SqsRequest;

export interface S3Request {
  readonly service: "s3";
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface SqsRequest {
  readonly service: "sqs";
  /** Such as `SendMessageBatch`. */
  readonly operation: string;
  readonly queueUrl: string;
}

/** An error answer of AWS's. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** @param url path and query of the request */
export function readRequest(method: string, url: string, headers: IncomingHttpHeaders, body: unknown): AwsRequest {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const { QueueUrl = "" } = (body ?? {}) as { QueueUrl?: string };
    return { service: "sqs", operation: target.split(".").at(-1) ?? "", queueUrl: QueueUrl };
  }
  // `URL` is not used here: it would resolve `..` in a key.
  const [path = ""] = url.split("?", 1);
  const [bucket = "", ...key] = path.slice(1).split("/").map(decodeURIComponent);
  return {
    service: "s3",
    method,
    bucket,
    key: key.join("/"),
    ifMatch: headers["if-match"],
    ifNoneMatch: headers["if-none-match"],
  };
}

/** An answer to a request, given in the emulator's place. */
export interface AwsAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The answer in the shape of the service: XML for S3, JSON for SQS. */
export function refused(service: AwsRequest["service"], { status, code, message }: Refusal): AwsAnswer {
  if (service === "sqs") return sqsAnswer(status, { __type: `com.amazonaws.sqs#${code}`, message });
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, type: "application/xml", body };
}

export function sqsAnswer(status: number, body: unknown): AwsAnswer {
  return { status, type: "application/x-amz-json-1.0", body: JSON.stringify(body) };
}
