import { hash } from "node:crypto";
import { ledgerKey } from "../dataset/keys.ts";
import type { ObjectHead } from "../ports.ts";
import type { DateOutput } from "./date-output.ts";
import { LEDGER_TYPE, Ledger } from "./ledger.ts";
import { LedgerLines, type PieceOfLines } from "./ledger-lines.ts";
import { areSame, type KeyAndEtag, type LedgerPiece } from "./ledger-piece.ts";
import type { RunFile } from "./run-file.ts";
import { isOfAnotherRun, runOf } from "./run-of.ts";
import { lotesOfPart } from "./run-rules.ts";

/** The name of the metadata: which state of the parts a ledger holds. */
const PARTS = "parts";

/**
 * Writes `erros_geral.json` of a run whose entries are in parts: each is sorted, and so are they, so that their lines are only put together, a part at a
 * time. Nothing is written where the ledger holds them already. A ledger without parts is only rid of what another run has entered. See
 * {@link DateOutput} for the order of the steps.
 * @param known its lines, if they were read before
 * @returns the ledger as it is by then
 */
export async function publishLedger(
  output: DateOutput,
  run: RunFile,
  known?: LedgerLines,
): Promise<ObjectHead | undefined> {
  if (lotesOfPart(run) === undefined) return ledgerOf(run, output);
  const { isMine } = await output.changeUnread(ledgerKey(output.date), async (head) => {
    const isMine = (await output.runInForce(run.run)) !== undefined;
    return { isMine, next: isMine ? await nextLedger(output, run, head, known) : undefined };
  });
  if (isMine && (await output.runInForce(run.run)) === undefined) await withdrawLedger(output, run.run);
  return output.ledgerHead();
}

/** An earlier run's ledger may have been on its way to S3 when the run's producer removed all. Where nothing fails, nobody else would look at it. */
async function ledgerOf(run: RunFile, output: DateOutput): Promise<ObjectHead | undefined> {
  const head = await output.ledgerHead();
  if (head === undefined || !isOfAnotherRun(head, run.run)) return head;
  await output.change(ledgerKey(output.date), async (object) => {
    const isToPrune = object !== undefined && isOfAnotherRun(object, run.run);
    if (!isToPrune || (await output.runInForce(run.run)) === undefined) return { next: undefined };
    const ledger = Ledger.parse(object);
    ledger.removeOtherRuns(run.run);
    return { next: ledger.isEmpty ? "remove" : ledger.toObject(run.run) };
  });
  return output.ledgerHead();
}

async function nextLedger(output: DateOutput, run: RunFile, head: ObjectHead | undefined, known?: LedgerLines) {
  const parts = await output.ledgerParts();
  if (parts.length === 0) return "remove" as const;
  if (head?.metadata.run === run.run && head.metadata[PARTS] === stateOf(parts)) return undefined;
  // Listed after the look at the ledger: of two that put it together at once the later state stays.
  const lines = known !== undefined && areSame(known.pieces, parts) ? known : await linesOf(run, output);
  if (lines.isEmpty) return "remove" as const;
  return {
    body: lines,
    contentType: LEDGER_TYPE,
    // Of what was read, which may be newer than what was listed.
    metadata: { run: run.run, [PARTS]: stateOf(lines.pieces) },
  };
}

async function linesOf(run: RunFile, output: DateOutput): Promise<LedgerLines> {
  const lines = new LedgerLines();
  for await (const piece of output.ledgerPieces(run)) lines.add(piece, isOf(run, piece));
  return lines;
}

/**
 * What tells one state of the parts from another. A part of another run that is the run's own later may have the same bytes, and so the same ETag: another
 * program's messages belong to no run.
 */
function stateOf(parts: readonly (KeyAndEtag & Partial<PieceOfLines>)[]): string {
  const lines = parts.map(({ key, etag, isKept = true }) => `${key} ${etag}${isKept ? "" : " of another run"}\n`);
  return hash("sha256", lines.join(""));
}

/** Whether a ledger was put together of these parts, and of no other state of them. */
export function isMadeOf(published: ObjectHead, parts: readonly PieceOfLines[]): boolean {
  return published.metadata[PARTS] === stateOf(parts);
}

/** Whether a piece is the run's own. A part of an earlier run is there until the producer has removed that run's files. */
export function isOf(run: RunFile, piece: LedgerPiece): boolean {
  return lotesOfPart(run) === undefined || runOf(piece) === run.run;
}

/** Removes the ledger if it is of the run: a later run may have its own there already. */
async function withdrawLedger(output: DateOutput, run: string): Promise<void> {
  await output.changeUnread(ledgerKey(output.date), (head) => ({
    next: head && runOf(head) === run ? "remove" : undefined,
  }));
}
