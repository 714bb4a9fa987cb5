import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

export interface OneObjectOptions {
  readonly bytes: Uint8Array;
  readonly etag: string;
  /** Of each connection; by default as fast as it goes. S3 itself serves some 90 MB/s. */
  readonly bytesPerSecond?: number;
  /** Milliseconds to the first byte of an answer. Default 0. */
  readonly latencyMs?: number;
  /** After how many bytes of a range, at the least, its connection is cut; undefined for never. */
  readonly cutAfter?: (first: number) => number | undefined;
  /** Sent with every range, whole object's or not, such as `{ "x-amz-checksum-crc32": … }`. */
  readonly checksums?: Readonly<Record<string, string>>;
}

// Small enough for an even pace, and large enough to cost little.
const PIECES_PER_SECOND = 200;
const LARGEST_PIECE_BYTES = 1024 * 1024;

/** An S3 that holds a single object under any name and reads it out by ranges, at the pace that S3 gives to a connection. */
export class OneObjectS3 {
  readonly url: string;
  /** What is served; tests put another version here. */
  etag: string;
  /** The first byte of each range asked for. */
  readonly ranges: number[] = [];
  mostAtOnce = 0;
  readonly #stop: () => Promise<void>;

  private constructor(url: string, etag: string, stop: () => Promise<void>) {
    this.url = url;
    this.etag = etag;
    this.#stop = stop;
  }

  static async start(options: OneObjectOptions): Promise<OneObjectS3> {
    let underWay = 0;
    const server = createServer(async (request, response) => {
      const { headers } = request;
      if (headers["if-match"] !== undefined && headers["if-match"] !== `"${s3.etag}"`) return refuse(response, 412);
      const { length } = options.bytes;
      const [, from = "0", to = String(length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
      const first = Number(from);
      if (first >= length) return refuse(response, 416);
      const bytes = options.bytes.subarray(first, Number(to) + 1);
      s3.ranges.push(first);
      s3.mostAtOnce = Math.max(s3.mostAtOnce, ++underWay);
      response.once("close", () => underWay--);
      await delay(options.latencyMs ?? 0);
      response.writeHead(206, {
        "content-length": bytes.length,
        "content-range": `bytes ${first}-${first + bytes.length - 1}/${length}`,
        etag: `"${s3.etag}"`,
        ...options.checksums,
      });
      const cut = options.cutAfter?.(first);
      // A client that stops reading is no error of this server.
      await pipeline(pieces(bytes, options.bytesPerSecond, cut), response).catch(() => {});
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const s3 = new OneObjectS3(url, options.etag, async () => {
      server.close();
      server.closeAllConnections();
    });
    return s3;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

async function* pieces(bytes: Uint8Array, bytesPerSecond = Number.POSITIVE_INFINITY, cut = bytes.length) {
  const piece = Math.min(LARGEST_PIECE_BYTES, Math.ceil(bytesPerSecond / PIECES_PER_SECOND), cut);
  const began = performance.now();
  for (let sent = 0; sent < bytes.length; sent += piece) {
    if (sent >= cut) {
      // Node sends what was written at the end of this turn. Before, the cut would take the headers as well.
      await nextTurn();
      throw new Error("cut");
    }
    // The pace goes by the clock and not by the piece, so late timers don't slow it down.
    const early = (sent / bytesPerSecond) * 1000 - (performance.now() - began);
    if (early > 0) await delay(early);
    yield bytes.subarray(sent, sent + piece);
  }
}

function refuse(response: ServerResponse, status: 412 | 416): void {
  const code = status === 412 ? "PreconditionFailed" : "InvalidRange";
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
