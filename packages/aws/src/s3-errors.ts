import { S3ServiceException } from "@aws-sdk/client-s3";
import { ObjectChangedError, UncertainWriteError } from "@lotes/core";

/** S3 answers 416 to a range of an object without bytes. */
export function isEmptyObject(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416;
}

export function isGone(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== "NoSuchBucket";
}

/**
 * What S3 answers to a version id that it never gave, to one that marks a removal, and to a version that was moved to an archive
 * (S3 API Reference, "GetObject").
 */
const UNREADABLE_VERSION: ReadonlySet<string> = new Set([
  "NoSuchVersion",
  "InvalidArgument",
  "MethodNotAllowed",
  "InvalidObjectState",
]);

/** Whether a version that was named can't be read, however often one asks for it. */
export function isUnreadableVersion(error: unknown): boolean {
  return error instanceof S3ServiceException && UNREADABLE_VERSION.has(error.name);
}

/** 412: the condition did not hold. 409: another conditional write of the key was under way. 404: there is no object to match. */
export function conditionError(key: string, error: unknown): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  const status = error.$metadata.httpStatusCode;
  const changed = status === 412 || status === 409 || isGone(error);
  return changed ? new ObjectChangedError(key, { cause: error }) : error;
}

/** The domain's error for a conditional write or removal that failed. */
export function conditionalWriteError(key: string, error: unknown): unknown {
  return isUncertain(error) ? new UncertainWriteError(key, { cause: error }) : conditionError(key, error);
}

/** After a 5xx or a broken connection nobody knows whether the call was done. After any other error it was not. */
function isUncertain(error: unknown): boolean {
  if (error instanceof S3ServiceException) return (error.$metadata.httpStatusCode ?? 0) >= 500;
  return error instanceof Error && ("code" in error || error.name === "TimeoutError");
}
