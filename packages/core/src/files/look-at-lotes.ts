import pMap from "p-map";
import type { ObjectHead } from "../ports.ts";
import type { DateOutput } from "./date-output.ts";
import type { KeyAndEtag } from "./ledger-piece.ts";
import { type ListedLote, LookedLotes } from "./looked-lotes.ts";
import { lacksRecords, storedIdsIn, storedIdsOf } from "./lote-file.ts";
import { type LoteWork, workIn } from "./lote-work.ts";
import type { OpenRun } from "./run-rules.ts";
import type { StockedLedger } from "./stocked-ledger.ts";

// A look is a round trip of some 20 ms, and 3 ms of a whole core. The collector has a third of a core, so more looks at once would take as long, and more
// memory.
const LOOKS_AT_ONCE = 8;

/**
 * A quarter of the collector's time: to read the ledger of a run of which a hundred thousand ids have failed takes another half. It remembers what it has looked
 * at by then, and goes on from there with the next message.
 */
const LONGEST_LOOKING_MS = 15_000;

/** What the account needs of a lote's file. */
export interface StockedLote extends KeyAndEtag, Pick<ObjectHead, "versionId" | "bytes"> {
  readonly lote: number;
  readonly records: number;
  /** Whether its report has come, if there must be one. */
  readonly isWhole: boolean;
  readonly work: StockedWork | undefined;
}

/** What the manifest tells of a lote's work. */
type StockedWork = Pick<LoteWork, "requests" | "retries" | "rate_limited" | "reused"> & {
  readonly oldest_fetched_at: string;
};

/**
 * Looks at the lotes of a run that goes on, which spares looks when it has settled: by then there may be ten thousand lotes. Whoever remembers nothing looks
 * at none.
 */
export async function lookAhead(files: readonly ListedLote[], output: DateOutput): Promise<void> {
  const { memory } = output;
  if (memory === undefined) return;
  const until = latest(output);
  const now = new Date();
  const worth = files.filter((file) => LookedLotes.isCertain(file, now) && !memory.looked.has(file));
  await pMap(worth, (file) => headOf(file, output, until), { concurrency: LOOKS_AT_ONCE });
}

/**
 * `contradicts` when a file has an id that stands in the ledger: it would make up for one that is neither stored nor failed. `later` when there was no time
 * to look.
 */
type Look = StockedLote | "another run's" | "changed" | "contradicts" | "later";

/** Looks at all lotes that a run is made of. */
export function lookAtLotes(
  { run }: OpenRun,
  files: readonly ListedLote[],
  ledger: StockedLedger,
  output: DateOutput,
): Promise<Look[]> {
  const until = latest(output);
  const look = async (file: ListedLote): Promise<Look> => {
    const head = await headOf(file, output, until);
    if (typeof head !== "object") return head;
    if (head.metadata.run !== run) return "another run's";
    const ids = new Set(storedIdsIn(head.metadata) ?? storedIdsOf(run, await output.lote(file.lote), []));
    const failed = ledger.ids.of(file.lote);
    if (failed.some((id) => ids.has(id))) return "contradicts";
    const { key, etag, lote } = file;
    const { versionId, bytes } = head;
    const isWhole = failed.length > 0 || !lacksRecords(head.metadata);
    return { key, etag, lote, versionId, bytes, records: ids.size, isWhole, work: workToTell(workIn(head.metadata)) };
  };
  return pMap(files, look, { concurrency: LOOKS_AT_ONCE });
}

/** When to stop, by `performance.now()`. Whoever remembers nothing would begin anew. */
function latest({ memory }: DateOutput): number {
  return memory === undefined ? Number.POSITIVE_INFINITY : performance.now() + LONGEST_LOOKING_MS;
}

/**
 * A listed lote's file without its bytes. What this process remembers takes no look, and so no time.
 * @returns `changed` when it is not the listed one any more
 */
async function headOf(
  listed: ListedLote,
  output: DateOutput,
  until: number,
): Promise<ObjectHead | "changed" | "later"> {
  const known = output.memory?.looked.find(listed);
  if (known !== undefined) return known;
  if (performance.now() > until) return "later";
  const lookedAt = new Date();
  const head = await output.loteHead(listed.lote);
  if (head?.etag !== listed.etag) return "changed";
  output.memory?.looked.add(listed, head, lookedAt);
  return head;
}

function workToTell(work: LoteWork | undefined): StockedWork | undefined {
  if (work === undefined) return undefined;
  const { requests, retries, rate_limited, reused, oldestFetchedAt } = work;
  return { requests, retries, rate_limited, reused, oldest_fetched_at: oldestFetchedAt.toISOString() };
}
