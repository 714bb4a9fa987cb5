import { judgeCancelled } from "./cancel-oracle.ts";
import { certainPeak } from "./certain-peak.ts";
import { factsAmong, factsOf } from "./csv-oracle.ts";
import type { Evidence, KnownUpload } from "./evidence.ts";
import { type Entry, entriesOf, isPart, judgeLedger, judgeParts, judgeStrangers } from "./ledger-oracle.ts";
import { judgeManifest } from "./manifest-oracle.ts";

/**
 * Judges what a run of the pipeline left behind. It shares no code with the pipeline: what is right is said here a second time, from the
 * contracts, so that a mistake would have to be made twice in two ways.
 */

// An attempt's own 5 s, and what a busy machine may add to them.
const LONGEST_ATTEMPT_MS = 5_000 + 2_000;

/** @returns what is wrong, in sentences; none when all is as promised */
export function judge(evidence: Evidence): string[] {
  const wrong: string[] = [];
  for (const date of new Set(evidence.uploads.map((upload) => upload.date))) wrong.push(...judgeDate(date, evidence));
  const peak = certainPeak(evidence.arrivals);
  if (peak > evidence.requestsPerSecond) {
    wrong.push(
      `the budget of ${evidence.requestsPerSecond} was exceeded: ${peak} requests in one second at the server`,
    );
  }
  wrong.push(...judgeAttempts(evidence));
  for (const thrown of evidence.thrown) wrong.push(`${thrown.slice(0, 200)}: told as an error of the function`);
  for (const [key, { body, metadata }] of evidence.objects) {
    if ((body + JSON.stringify(metadata)).includes(evidence.secret)) wrong.push(`the token stands in ${key}`);
  }
  for (const text of evidence.texts)
    if (text.includes(evidence.secret)) wrong.push(`the token stands in: ${text.slice(0, 200)}`);
  return wrong;
}

/** That each attempt at TMDB is over when its time is over. */
function judgeAttempts({ attempts }: Evidence): string[] {
  const longest = attempts.reduce((most, { ms }) => Math.max(most, ms), 0);
  return longest > LONGEST_ATTEMPT_MS ? [`an attempt at TMDB took ${Math.round(longest)} ms`] : [];
}

function judgeDate(date: string, evidence: Evidence): string[] {
  const prefix = `Raw/TMDB/JSON/Movies/${date}/`;
  const files = new Map(
    [...evidence.objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, file]) => [key.slice(prefix.length), file]),
  );
  const uploads = evidence.uploads.filter((upload) => upload.date === date);
  const runFile = files.get("_run.json");
  if (runFile === undefined) return [`${date} has no _run.json`];
  const run = JSON.parse(runFile.body);
  const inForce = uploads.find(({ sequencer }) => sequencer === run.source.sequencer);
  if (inForce === undefined) return [`${date}: _run.json is of no upload`];
  const last = uploads.at(-1) as KnownUpload;
  const facts = factsAmong(inForce, uploads);
  const wrong: string[] = [];
  const expect = (holds: boolean, sentence: string) => {
    if (!holds) wrong.push(`${date}: ${sentence}`);
  };

  if (factsOf(last) !== undefined) expect(inForce === last, "the last usable upload is not in force");
  else
    expect(
      run.rejected?.source.sequencer === last.sequencer,
      "the last upload can't be used, and _run.json does not say so",
    );
  expect(facts !== undefined || run.status === "rejected", `the status is ${run.status} of a CSV that can't be used`);
  // A run that was cut short when a CSV that can't be used took its place is given up whole.
  if (facts === undefined || (run.status === "rejected" && factsOf(last) === undefined)) {
    expect(
      [...files.keys()].every(
        (name) => ["_run.json", "_manifest.json"].includes(name) || isLedgerOfStrangers(date, files, evidence),
      ),
      `a rejected run has output: ${[...files].map(([name, { body }]) => `${name} ${body}`)}`,
    );
    return wrong;
  }
  expect(["queued", "cancelled"].includes(run.status), `the status is ${run.status} after everything has settled`);
  const { ids: selected, ...counts } = facts;
  expect(run.ids === selected.length, `${run.ids} ids are said to be selected, and it is ${selected.length}`);
  const claimedCounts = { rows: run.rows, malformed: run.malformed.count, unreadable: run.unreadable?.count };
  expect(
    JSON.stringify(claimedCounts) === JSON.stringify(counts),
    `the rows are said to be ${JSON.stringify(claimedCounts)}, and are ${JSON.stringify(counts)}`,
  );

  const lotes = Array.from({ length: Math.ceil(selected.length / evidence.loteSize) }, (_, n) =>
    selected.slice(n * evidence.loteSize, (n + 1) * evidence.loteSize),
  );
  const ledger = entriesOf(files.get("erros_geral.json")?.body);
  wrong.push(...judgeStrangers(date, ledger, evidence));
  wrong.push(...judgeLedger(date, ledger, run.run, lotes, evidence));
  const failed = new Set(ledger.map(({ lote, imdb_id }) => `${lote} ${imdb_id}`));
  if (run.status === "cancelled") {
    return [
      ...wrong,
      ...judgeParts(date, run, files),
      ...judgeCancelled({ date, run: run.run, lotes, files, failed: idsOf(ledger) }, evidence),
    ];
  }
  lotes.forEach((ids, index) => {
    const name = `lote_${index + 1}.json`;
    const file = files.get(name);
    const records = ids
      .filter((id) => !failed.has(`${index + 1} ${id}`))
      .map((id) => evidence.recordOf(id) ?? `(TMDB does not know ${id})`);
    const expected = records.map((record) => `${record}\n`).join("");
    expect(
      (file?.body ?? "") === expected,
      `${name} is not its ids less the failed ones: it has ${recordIds(file?.body)} instead of ${recordIds(expected)}`,
    );
    expect(file === undefined || file.body !== "", `${name} is empty`);
    expect(file === undefined || file.metadata.run === run.run, `${name} is of another run`);
  });
  const account = evidence.accounts.get(date);
  const stored = lotes.reduce(
    (sum, ids, index) => sum + ids.filter((id) => !failed.has(`${index + 1} ${id}`)).length,
    0,
  );
  expect(
    account?.settled === true && account.stored === stored,
    `status says that ${account?.stored} are stored${account?.settled ? "" : ", and that it is not settled"}, and ${stored} are`,
  );
  wrong.push(...judgeParts(date, run, files));
  const names = new Set([
    "_run.json",
    "_manifest.json",
    "erros_geral.json",
    ...lotes.map((_, index) => `lote_${index + 1}.json`),
  ]);
  for (const name of files.keys())
    expect(names.has(name) || isPart(name), `${name} is nobody's, or of a superseded run`);
  const failedIds = ledger.filter(({ imdb_id }) => imdb_id !== null);
  wrong.push(...judgeManifest({ date, run: run.run, ids: selected.length, files, failed: failedIds }));
  return wrong;
}

function idsOf(ledger: readonly Entry[]): Set<string> {
  return new Set(ledger.filter(({ imdb_id }) => imdb_id !== null).map(({ lote, imdb_id }) => `${lote} ${imdb_id}`));
}

/** The id of each line. A line that is no record as TMDB has it stands for itself. */
function recordIds(body = ""): string {
  const lines = body.split("\n").filter((line) => line !== "");
  return `[${lines.map((line) => /^{"id":\d+,"imdb_id":"(tt\d+)"/.exec(line)?.[1] ?? line).join(" ")}]`;
}

function isLedgerOfStrangers(date: string, files: ReadonlyMap<string, { body: string }>, evidence: Evidence): boolean {
  const entries = entriesOf(files.get("erros_geral.json")?.body);
  return entries.every(({ imdb_id }) => imdb_id === null) && judgeStrangers(date, entries, evidence).length === 0;
}
