import type { RecordedCall } from "./recording-proxy.ts";

/** What IAM is asked before a call is done: an action on a resource. */
export interface IamRequest {
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
}

/** The ARNs that a deployment has for what a run had. */
export interface DeployedNames {
  readonly bucketArn: string;
  /** @param queue by the name of its component */
  queueArn(queue: string): string;
}

const S3_ACTIONS: Readonly<Record<string, string>> = {
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
  DELETE: "s3:DeleteObject",
};

/** What IAM would be asked for a call, on the resources of a deployment. A condition on an ETag needs the permission to read as well. */
export function iamRequests({ method, url, headers, body }: RecordedCall, names: DeployedNames): IamRequest[] {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    // SQS has no permission of its own for batches.
    const action = `sqs:${target
      .split(".")
      .at(-1)
      ?.replace(/Batch$/, "")}`;
    const { QueueUrl = "" } = JSON.parse(body.toString()) as { QueueUrl?: string };
    return [{ action, resource: names.queueArn(QueueUrl.split("/").at(-1) ?? "") }];
  }
  const [path = "", query = ""] = url.split("?");
  const [, ...key] = path.slice(1).split("/").map(decodeURIComponent);
  if (key.join("/") === "") return [{ action: "s3:ListBucket", resource: names.bucketArn }];
  const resource = `${names.bucketArn}/${key.join("/")}`;
  const ofVersion = new URLSearchParams(query).has("versionId") ? "Version" : "";
  const action = `${S3_ACTIONS[method] ?? `s3:${method}`}${ofVersion}`;
  const readsToo = (method === "PUT" || method === "DELETE") && headers["if-match"] !== undefined;
  return [{ action, resource }, ...(readsToo ? [{ action: "s3:GetObject", resource }] : [])];
}
