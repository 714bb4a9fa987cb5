import type { IncomingHttpHeaders } from "node:http";
import type { AwsRequest, Refusal } from "./request.ts";

const METADATA = "x-amz-meta-";
const LARGEST_METADATA_BYTES = 2_048;
const LONGEST_KEY_BYTES = 1_024;

/** What S3 refuses an object for that is too large beside its bytes; the emulator takes it. Undefined when it may go on. */
export function limitRefusal(request: AwsRequest, headers: IncomingHttpHeaders): Refusal | undefined {
  if (request.service !== "s3") return undefined;
  if (Buffer.byteLength(request.key) > LONGEST_KEY_BYTES) {
    return { status: 400, code: "KeyTooLongError", message: "Your key is too long" };
  }
  if (metadataBytes(headers) > LARGEST_METADATA_BYTES) {
    const message = "Your metadata headers exceed the maximum allowed metadata size";
    return { status: 400, code: "MetadataTooLarge", message };
  }
  return undefined;
}

/** Of the names and values. */
function metadataBytes(headers: IncomingHttpHeaders): number {
  return Object.entries(headers)
    .filter(([name]) => name.startsWith(METADATA))
    .reduce((sum, [name, value]) => sum + name.length - METADATA.length + String(value).length, 0);
}
