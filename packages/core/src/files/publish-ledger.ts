import { createHash } from "node:crypto";
import type { ObjectHead } from "../ports.ts";
import type { DateOutput, KeyAndEtag, LedgerPiece } from "./date-output.ts";
import { LEDGER_TYPE } from "./ledger.ts";
import { runOf } from "./lote-file.ts";
import type { RunFile } from "./run-file.ts";
import { lotesOfPart } from "./run-rules.ts";

/** The name of the metadata: which state of the parts a ledger holds. */
const PARTS = "parts";

/**
 * Writes `erros_geral.json` of a run whose entries are in parts: each is sorted, and so are they, so that their lines are only put together, a part at a
 * time. Nothing is written where the ledger holds them already, or where the run's ledger has no parts. See {@link DateOutput} for the order of the steps.
 * @returns the ledger as it is by then
 */
export async function publishLedger(output: DateOutput, run: RunFile): Promise<ObjectHead | undefined> {
  if (lotesOfPart(run) === undefined) return output.ledgerHead();
  const { isMine } = await output.replaceLedger(async (head) => {
    const isMine = (await output.runInForce(run.run)) !== undefined;
    return { isMine, next: isMine ? await nextLedger(output, run, head) : undefined };
  });
  if (isMine && (await output.runInForce(run.run)) === undefined) await withdrawLedger(output, run.run);
  return output.ledgerHead();
}

async function nextLedger(output: DateOutput, run: RunFile, head: ObjectHead | undefined) {
  const parts = await output.ledgerParts();
  if (parts.length === 0) return "remove" as const;
  if (head?.metadata.run === run.run && head.metadata[PARTS] === stateOf(parts)) return undefined;
  // Listed after the look at the ledger: of two that put it together at once the later state stays.
  const lines = new TextBytes();
  const pieces: KeyAndEtag[] = [];
  for await (const piece of output.ledgerPieces(run)) {
    pieces.push({ key: piece.key, etag: piece.etag });
    if (isOf(run, piece)) lines.add(piece.body);
  }
  const body = lines.bytes();
  if (body.length === 0) return "remove" as const;
  return {
    body,
    contentType: LEDGER_TYPE,
    // Of what was read, which may be newer than what was listed.
    metadata: { run: run.run, [PARTS]: stateOf(pieces) },
  };
}

/** Texts as the bytes of one, which are the only ones in memory: what was outgrown is given back at once. */
class TextBytes {
  #memory = new ArrayBuffer(64 * 1024);
  #length = 0;

  add(text: string): void {
    const length = this.#length + Buffer.byteLength(text);
    const { byteLength } = this.#memory;
    if (length > byteLength) this.#memory = this.#memory.transfer(Math.max(length, 2 * byteLength));
    Buffer.from(this.#memory).write(text, this.#length);
    this.#length = length;
  }

  bytes(): Buffer {
    return Buffer.from(this.#memory, 0, this.#length);
  }
}

/** What tells one state of the parts from another. */
function stateOf(parts: readonly KeyAndEtag[]): string {
  const lines = parts.map(({ key, etag }) => `${key} ${etag}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** Whether a ledger was put together of these parts, and of no other state of them. */
export function isMadeOf(published: ObjectHead, parts: readonly KeyAndEtag[]): boolean {
  return published.metadata[PARTS] === stateOf(parts);
}

/** Whether a piece is the run's own. A part of an earlier run is there until the producer has removed that run's files. */
export function isOf(run: RunFile, piece: LedgerPiece): boolean {
  return lotesOfPart(run) === undefined || runOf(piece) === run.run;
}

/** Removes the ledger if it is of the run: a later run may have its own there already. */
async function withdrawLedger(output: DateOutput, run: string): Promise<void> {
  await output.replaceLedger((head) => ({ next: head && runOf(head) === run ? "remove" : undefined }));
}
