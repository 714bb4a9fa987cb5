import type { EmbeddedS3Store } from "./fauxqs.ts";
import type { AwsRequest, Refusal } from "./request.ts";

/**
 * S3's conditional writes and removals, which the emulator ignores: `If-None-Match: *` writes only where nothing is, `If-Match` only
 * over the object with that ETag.
 * @returns what S3 would refuse the request with, or undefined when it may go on
 */
export function conditionRefusal(request: AwsRequest, store: EmbeddedS3Store): Refusal | undefined {
  if (request.service !== "s3" || !["PUT", "POST", "DELETE"].includes(request.method)) return undefined;
  // Parts of an upload carry no conditions; its completion does.
  const { bucket, key, ifMatch, ifNoneMatch } = request;
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  // For a missing bucket the emulator has its own answer.
  if (!store.hasBucket(bucket)) return undefined;
  const etag = etagOf(store, bucket, key);
  if (ifMatch !== undefined && etag === undefined) {
    return { status: 404, code: "NoSuchKey", message: "The specified key does not exist." };
  }
  const holds = ifMatch === undefined ? etag === undefined : unquoted(ifMatch) === unquoted(etag);
  return holds
    ? undefined
    : {
        status: 412,
        code: "PreconditionFailed",
        message: "At least one of the pre-conditions you specified did not hold",
      };
}

function etagOf(store: EmbeddedS3Store, bucket: string, key: string): string | undefined {
  try {
    return store.headObject(bucket, key).etag;
  } catch {
    return undefined;
  }
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.replaceAll('"', "");
}
