import type { CsvVersion } from "@lotes/core";
import type { S3EventRecord } from "aws-lambda";

/** The upload an S3 event tells of. Events carry keys as in a URL's query: `+` is a space. */
export function sourceOf({ s3: { bucket, object } }: S3EventRecord): CsvVersion {
  return {
    bucket: bucket.name,
    key: decodeURIComponent(object.key.replaceAll("+", " ")),
    etag: object.eTag,
    size: object.size,
    sequencer: object.sequencer,
  };
}
