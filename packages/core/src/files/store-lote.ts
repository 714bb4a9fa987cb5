import { setTimeout as delay } from "node:timers/promises";
import type { StoredObject } from "../ports.ts";
import type { DateOutput } from "./date-output.ts";
import { hasEntriesOf, Ledger, LedgerError } from "./ledger.ts";
import { type LoteFile, loteObject, mergeLote, parseLoteFile } from "./lote-file.ts";
import { LONGEST_REMOVAL_MS } from "./remove-files.ts";
import type { RunFile } from "./run-file.ts";
import { runOf } from "./run-of.ts";
import type { RunInForce } from "./run-rules.ts";

/** What is so after a lote was stored. */
export interface StoredLote {
  /** Whether its run is in force. If not, the lote was withdrawn. */
  readonly isInForce: boolean;
  /** Whether the ledger has entries of the lote. */
  readonly isInLedger: boolean;
  /** Whether the run had a file of the lote before. */
  readonly wasThere: boolean;
}

/**
 * Writes the records of a lote beside those that its file holds of the same run, or in the place of an earlier run's file. Without records it
 * writes nothing. See {@link DateOutput} for the order of the steps.
 * @param mayBeThere whether there may be a file, as far as is known; if not, a look at it is saved
 */
export async function storeLote(
  output: DateOutput,
  run: RunInForce,
  lote: number,
  fetched: LoteFile,
  mayBeThere: boolean,
): Promise<StoredLote> {
  const wasThere = fetched.records.size > 0 && (await writeLote(output, lote, fetched, mayBeThere));
  const [inForce, isInLedger] = await Promise.all([output.runInForce(run.run), hasEntries(output, run, lote)]);
  if (inForce === undefined) await withdrawLote(output, lote, run.run);
  return { isInForce: inForce !== undefined, isInLedger, wasThere };
}

/** @returns whether the run had a file of the lote before */
async function writeLote(output: DateOutput, lote: number, fetched: LoteFile, mayBeThere: boolean): Promise<boolean> {
  const isMine = (object: StoredObject) => runOf(object) === fetched.run;
  const change = async (current: StoredObject | undefined) => {
    if (current !== undefined && isMine(current)) {
      const merged = mergeLote(parseLoteFile(current, fetched.ids), fetched);
      return { next: loteObject(merged), replacesSameBytes: false, wasThere: true };
    }
    const mayReplace = current === undefined || (await output.runInForce(fetched.run)) !== undefined;
    const next = mayReplace ? loteObject(fetched) : undefined;
    return { next, replacesSameBytes: current !== undefined && next?.body === current.body, wasThere: false };
  };
  const { replacesSameBytes, wasThere } = await (mayBeThere
    ? output.changeLote(lote, change)
    : output.createLote(lote, change));
  if (!replacesSameBytes) return wasThere;
  // The earlier run's consumer may be about to remove its own file. It knows that by the hash of the bytes, which is also the hash of this file.
  await delay(LONGEST_REMOVAL_MS);
  await output.changeLote(lote, (current) =>
    current !== undefined && isMine(current)
      ? { next: undefined, replacesSameBytes: false, wasThere: true }
      : change(current),
  );
  return wasThere;
}

/** Removes the file of a lote if it is of the run: a later run may have its own there already. */
export async function withdrawLote(output: DateOutput, lote: number, run: string): Promise<void> {
  await output.changeLote(lote, (current) => ({ next: current && runOf(current) === run ? "remove" : undefined }));
}

/** Whether the ledger has entries of a lote. */
export async function hasEntries(output: DateOutput, run: RunFile, lote: number): Promise<boolean> {
  const head = await output.pieceHead(run, lote);
  if (head === undefined) return false;
  return hasEntriesOf(lote, run.run, head.metadata) ?? (await hasEntryLines(output, run, lote));
}

async function hasEntryLines(output: DateOutput, run: RunFile, lote: number): Promise<boolean> {
  try {
    const entries = Ledger.parse(await output.piece(run, lote)).failedIds();
    return entries.some((entry) => entry.run === run.run && entry.lote === lote);
  } catch (error) {
    // Somebody has edited the ledger. The collector reports that, and an id that is reported as recovered without an entry does no harm.
    if (error instanceof LedgerError) return true;
    throw error;
  }
}
