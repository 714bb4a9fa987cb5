import { brotliDecompressSync, constants, gunzipSync } from "node:zlib";
import { AxiosError, type AxiosResponse } from "axios";

// A movie has some 5 kB. What is beyond 256 KiB is none, and must not fill the memory, of which a consumer has some 40 MiB left for ten answers at once.
export const LARGEST_ANSWER_BYTES = 256 * 1024;

/** The error code of an answer that is larger than a movie can be. Zlib has the same one, for what is too large once it is decompressed. */
export const TOO_LARGE = "ERR_BUFFER_TOO_LARGE";

/** The error code of a whole answer that is not compressed as it says, or in a way that was not asked for. */
export const UNREADABLE = "ERR_UNREADABLE_ANSWER";

/** A body that is cut off is read as far as it goes. */
const DECOMPRESS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LARGEST_ANSWER_BYTES }),
  br: (bytes) =>
    brotliDecompressSync(bytes, {
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      maxOutputLength: LARGEST_ANSWER_BYTES,
    }),
};

/** The names of what an answer may be compressed by. */
export const ENCODINGS = Object.keys(DECOMPRESS);

/** A byte order mark at the beginning is no part of the text. */
const UTF_8 = new TextDecoder();

/** Whether a status promises the movie: any 2xx, since a proxy that changes an answer makes a 203 of it (RFC 9110, 15.3.4). */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Puts what an answer's bytes hold into it, once all of them are there.
 * @param encoding the answer's header `Content-Encoding`
 * @throws {AxiosError} with the code TOO_LARGE or UNREADABLE when they can't be read; else when the answer is no success
 */
export function completed(response: AxiosResponse, bytes: Buffer, encoding?: string): AxiosResponse {
  const { status, config, request } = response;
  try {
    response.data = answerBody(bytes, encoding);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === TOO_LARGE ? TOO_LARGE : UNREADABLE;
    throw AxiosError.from(error as Error, code, config, request, response);
  }
  if (isSuccess(status)) return response;
  throw new AxiosError(`status ${status}`, AxiosError.ERR_BAD_RESPONSE, config, request, response);
}

/** What an answer's bytes hold: the value of a JSON text, and any other text as it is. */
function answerBody(bytes: Buffer, encoding: string | undefined): unknown {
  const text = UTF_8.decode(decompressed(bytes, encoding));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws {Error} when the bytes hold too much, are not so encoded, or the encoding is none of {@link ENCODINGS} */
function decompressed(bytes: Buffer, encoding = "identity"): Buffer {
  // The names have no case, and x-gzip is an old name of gzip (RFC 9110, 8.4.1).
  const name = encoding.toLowerCase().replace(/^x-/, "");
  if (name === "identity") return bytes;
  const decompress = DECOMPRESS[name];
  if (decompress === undefined) throw new Error(`its encoding, ${encoding}, was not asked for`);
  return decompress(bytes);
}
