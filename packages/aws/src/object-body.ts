import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { Pieces } from "@lotes/core";

/** A write's body, with what S3 is to be told of it. Pieces are sent one after the other, and are never in memory as a whole. */
export function objectBody(
  body: string | Pieces,
): Pick<PutObjectCommandInput, "Body" | "ContentLength" | "ChecksumCRC32"> {
  if (typeof body === "string") return { Body: body };
  // S3 wants both before the first byte, so the pieces are gone through twice.
  let [bytes, checksum] = [0, 0];
  for (const piece of body) {
    bytes += Buffer.byteLength(piece);
    checksum = crc32(piece, checksum);
  }
  return { Body: streamOf(body), ContentLength: bytes, ChecksumCRC32: base64(checksum) };
}

function streamOf(pieces: Pieces): Readable {
  const left = pieces[Symbol.iterator]();
  return new Readable({
    read() {
      const { value, done } = left.next();
      this.push(done ? null : value);
    },
  });
}

/** Four bytes, the highest first. */
function base64(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString("base64");
}
