import path from "node:path";

/** What one function has asked of S3 and SQS. */
export interface Traffic {
  readonly s3Reads: number;
  /** Lists cost as much as writes. */
  readonly s3Writes: number;
  readonly sqs: number;
  /** In both directions, headers included. */
  readonly bytes: number;
  /** How often S3 was asked for what, such as `GET _run.json`. */
  readonly s3Requests: Readonly<Record<string, number>>;
}

/** A function's requests, while it makes them. */
export class Counts {
  s3Reads = 0;
  s3Writes = 0;
  sqs = 0;
  readonly s3Requests: Record<string, number> = {};

  addS3(method: string | undefined, key: string): void {
    const isRead = key !== "" && (method === "GET" || method === "HEAD");
    this[isRead ? "s3Reads" : "s3Writes"]++;
    const what = key === "" ? "a list" : path.posix.basename(key).replace(/\d+/, "N");
    const name = `${method} ${what}`;
    this.s3Requests[name] = (this.s3Requests[name] ?? 0) + 1;
  }
}
