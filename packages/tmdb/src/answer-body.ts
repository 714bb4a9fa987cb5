import { brotliDecompressSync, constants, gunzipSync } from "node:zlib";
import { AxiosError, type AxiosResponse } from "axios";

// A movie has some 5 kB. What is beyond 256 KiB is none, and must not fill the memory, of which a consumer has some 40 MiB left for ten answers at once.
export const LARGEST_ANSWER_BYTES = 256 * 1024;

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

/**
 * Puts what an answer's bytes hold into it, once all of them are there.
 * @throws {AxiosError} when they can't be read, or the answer is no success
 */
export function completed(response: AxiosResponse, bytes: Buffer, encoding?: string): AxiosResponse {
  const { status, config, request } = response;
  try {
    response.data = answerBody(bytes, encoding);
  } catch (error) {
    throw AxiosError.from(error as Error, undefined, config, request, response);
  }
  if (status === 200) return response;
  throw new AxiosError(`status ${status}`, AxiosError.ERR_BAD_RESPONSE, config, request, response);
}

/**
 * What an answer's bytes hold: the value of a JSON text, and any other text as it is.
 * @param encoding what the answer's header says of them
 * @throws {Error} of zlib: `ERR_BUFFER_TOO_LARGE` when they hold too much, another one when they are not so encoded
 */
function answerBody(bytes: Buffer, encoding = ""): unknown {
  const text = UTF_8.decode(DECOMPRESS[encoding]?.(bytes) ?? bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
