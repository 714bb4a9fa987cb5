import { addAbortSignal, type Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, type S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { Folder, FolderStore } from "@lotes/core";
import { BrokenRangeError, parallelRanges, RANGE_BYTES, RANGE_TIMEOUT_MS, type ReadRange } from "./parallel-ranges.ts";
import { conditionError, isEmptyObject } from "./s3-errors.ts";
import { newClient, quoted, S3WholeObjectStore, summary } from "./s3-whole-object-store.ts";

/** One S3 bucket, for whoever also streams large objects and looks into folders. */
export class S3ObjectStore extends S3WholeObjectStore implements FolderStore {
  /** Reads ranges without checksums, since a store may send that of the whole object with a range. It shares the same connections. */
  readonly #ranges: S3Client;
  readonly #rangeBytes: number;

  /**
   * @param config as of {@link S3WholeObjectStore}
   * @param rangeBytes how much of an object is asked for at once when it is streamed
   */
  constructor(bucket: string, config: S3ClientConfig = {}, connect = newClient, rangeBytes = RANGE_BYTES) {
    super(bucket, config, connect);
    const { requestHandler } = this.client.config;
    this.#ranges = connect({ ...config, requestHandler, responseChecksumValidation: "WHEN_REQUIRED" });
    this.#rangeBytes = rangeBytes;
  }

  async stream(key: string, etag: string): Promise<AsyncIterable<Uint8Array>> {
    const read: ReadRange = async (first, last, signal) => {
      const { Body, ContentRange } = await this.#unchanged(
        key,
        new GetObjectCommand({
          Bucket: this.bucket,
          Key: key,
          IfMatch: quoted(etag),
          Range: `bytes=${first}-${last}`,
        }),
        signal,
      );
      const size = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1] ?? Number.NaN);
      if (Number.isNaN(size)) throw new BrokenRangeError(`S3 did not answer with a range of ${key}`);
      return { size, body: addAbortSignal(signal, Body as Readable) };
    };
    try {
      const head = await read(0, this.#rangeBytes - 1, AbortSignal.timeout(RANGE_TIMEOUT_MS));
      return parallelRanges(head, read, this.#rangeBytes);
    } catch (error) {
      if (isEmptyObject(error)) return emptyStream();
      throw error;
    }
  }

  async folder(prefix: string): Promise<Folder> {
    const { Contents = [], CommonPrefixes = [] } = await this.client.send(
      new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, Delimiter: "/" }),
    );
    return { folders: CommonPrefixes.map(({ Prefix = "" }) => Prefix), objects: Contents.map(summary) };
  }

  async #unchanged(key: string, command: GetObjectCommand, abortSignal: AbortSignal) {
    try {
      return await this.#ranges.send(command, { abortSignal });
    } catch (error) {
      throw conditionError(key, error);
    }
  }
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}
