import type { Evidence, KnownObject } from "./evidence.ts";

/** What is known of a date whose run was cancelled. */
export interface CancelledDate {
  readonly date: string;
  readonly run: string;
  readonly lotes: readonly (readonly string[])[];
  readonly files: ReadonlyMap<string, KnownObject>;
  /** Each by its lote and id. */
  readonly failed: ReadonlySet<string>;
}

/** After so many milliseconds nothing of a cancelled run is asked for any more. */
const LAST_REQUEST_MS = 2_000;

/** What is wrong with a date whose run was cancelled. Ids that were not asked for have no record and no failure. All others are judged as ever. */
export function judgeCancelled({ date, run, lotes, files, failed }: CancelledDate, evidence: Evidence): string[] {
  const wrong: string[] = [];
  const cancel = evidence.cancels.find((each) => each.date === date && each.run === run);
  if (cancel === undefined) return [`${date}: nobody has cancelled the run`];
  let stored = 0;
  lotes.forEach((ids, index) => {
    const lines = (files.get(`lote_${index + 1}.json`)?.body ?? "").split("\n").filter((line) => line !== "");
    const may = ids.filter((id) => !failed.has(`${index + 1} ${id}`)).map((id) => evidence.recordOf(id));
    // In their order, each at most once.
    let from = 0;
    for (const line of lines) {
      const at = may.indexOf(line, from);
      if (at < 0) wrong.push(`${date}: lote_${index + 1}.json holds what it should not: ${line}`);
      else from = at + 1;
    }
    stored += lines.length;
  });
  const account = evidence.accounts.get(date);
  const ids = lotes.flat().length;
  const claimed = [account?.stored, account?.cancelled, account?.settled];
  const actual = [stored, ids - stored - failed.size, false];
  if (JSON.stringify(claimed) !== JSON.stringify(actual))
    wrong.push(`${date}: status says ${claimed}, and it is ${actual}`);
  const { knownAt } = cancel;
  if (knownAt === undefined) return wrong;
  const own = new Set(lotes.flat());
  const late = evidence.arrivals.filter(({ at, id }) => id !== null && own.has(id) && at > knownAt + LAST_REQUEST_MS);
  if (late.length > 0) wrong.push(`${date}: ${late.length} requests came later than 2 s after the run was cancelled`);
  return wrong;
}
