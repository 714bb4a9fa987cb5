import { randomBytes } from "node:crypto";
import type { buildApp } from "fauxqs";
import type { EmbeddedS3Store, StoredObjectFacts } from "./fauxqs.ts";
import { readRequest } from "./request.ts";

/** What S3 does with another setting of the bucket, and stores that speak its language do of themselves. */
export interface StoreHabits {
  /** ETags as under SSE-KMS: no hash of the bytes, and a new one with each write. */
  readonly opaqueEtags: boolean;
  /** The version's id goes with each answer about an object. */
  readonly versions: boolean;
  /** The checksum of the whole object goes with each range of it, where one was asked for. */
  readonly rangeChecksums: boolean;
}

/** @returns the habits of the store that a bucket lies in; undefined for S3's own */
export type HabitsOf = (bucket: string) => StoreHabits | undefined;

/** Gives each write an ETag that says nothing of its bytes, in the buckets that have that habit. */
export function makeEtagsOpaque(store: EmbeddedS3Store, habitsOf: HabitsOf): void {
  const opaque = () => randomBytes(16).toString("hex");
  const put = store.putObject.bind(store);
  store.putObject = (bucket, ...rest) => {
    const object = put(bucket, ...rest);
    if (habitsOf(bucket)?.opaqueEtags) object.etag = `"${opaque()}"`;
    return object;
  };
  const complete = store.completeMultipartUpload.bind(store);
  store.completeMultipartUpload = (uploadId, parts) => {
    const bucket = store.multipartUploads.get(uploadId)?.bucket ?? "";
    const object = complete(uploadId, parts);
    if (habitsOf(bucket)?.opaqueEtags) object.etag = `"${opaque()}-${parts.length}"`;
    return object;
  };
}

/** Adds the headers of the bucket's habits to what S3 answers. */
export function addHabitualHeaders(app: ReturnType<typeof buildApp>, store: EmbeddedS3Store, habitsOf: HabitsOf): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    const call = readRequest(request.method, request.url, request.headers, undefined);
    if (call.service === "s3" && call.key !== "" && reply.statusCode < 300) {
      const { versions, rangeChecksums } = habitsOf(call.bucket) ?? {};
      if (versions) reply.header("x-amz-version-id", randomBytes(16).toString("base64url"));
      const asked = reply.statusCode === 206 && request.headers["x-amz-checksum-mode"] === "ENABLED";
      if (rangeChecksums && asked) reply.headers(checksumHeaders(store.headObject(call.bucket, call.key)));
    }
    done(null, payload);
  });
}

/** None where the object's writer sent no checksum. */
function checksumHeaders({ checksumAlgorithm, checksumValue }: StoredObjectFacts): Record<string, string> {
  if (!checksumAlgorithm || !checksumValue) return {};
  return { [`x-amz-checksum-${checksumAlgorithm.toLowerCase()}`]: checksumValue };
}
