import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { FORCE, inputKey, type RunDate } from "@lotes/core";
import type { ClientConfig } from "@lotes/local/whereabouts";
import type { Csv } from "./csv-file.ts";

// Fits what the embedded S3 takes at once (11 MiB), and lets S3 itself take files of up to 80 GB (10,000 parts).
const PART_BYTES = 8 * 1024 * 1024;

/** Where a CSV is dropped. */
export interface DataLake {
  readonly bucket: string;
  readonly clientConfig: Partial<ClientConfig>;
}

/**
 * Uploads the CSV to the date's input key, which is what starts everything.
 * @param onProgress told of the bytes that have arrived so far
 * @returns the object's ETag, by which its run is known
 */
export async function uploadCsv(
  { stream, force = false }: Csv,
  date: RunDate,
  { bucket, clientConfig }: DataLake,
  onProgress: (bytes: number) => void = () => {},
): Promise<string> {
  const client = new S3Client(clientConfig);
  try {
    const upload = new Upload({
      client,
      params: {
        Bucket: bucket,
        Key: inputKey(date),
        Body: stream,
        ContentType: "text/csv",
        ...(force && { Metadata: { [FORCE.name]: FORCE.value } }),
      },
      partSize: PART_BYTES,
    });
    upload.on("httpUploadProgress", ({ loaded = 0 }) => onProgress(loaded));
    const { ETag = "" } = await upload.done();
    return ETag.replaceAll('"', "");
  } finally {
    client.destroy();
  }
}
