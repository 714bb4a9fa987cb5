import { certainPeak } from "./certain-peak.ts";
import { entriesOf, judgeLedger } from "./ledger-oracle.ts";
import type { TimedArrival } from "./tmdb-host.ts";

/**
 * Judges what a run of the pipeline left behind. It shares no code with the pipeline: what is right is said here a second time, from the
 * contracts, so that a mistake would have to be made twice in two ways.
 */

/** One upload, in the order of S3's events. */
export interface KnownUpload {
  readonly date: string;
  readonly csv: string;
  readonly sequencer: string;
}

/** A consumer's delivery of a lote, from the outside. */
export interface Delivery {
  readonly body: string;
  /** Of the time the function had, how much was used when it ended. */
  readonly timeUsed: number;
  readonly failed: boolean;
}

export interface Evidence {
  readonly uploads: readonly KnownUpload[];
  readonly objects: ReadonlyMap<string, { readonly body: string; readonly metadata: Readonly<Record<string, string>> }>;
  /** What TMDB knows of an id, as a line of a lote's file; undefined for an unknown id. */
  readonly recordOf: (id: string) => string | undefined;
  readonly arrivals: readonly TimedArrival[];
  readonly deliveries: readonly Delivery[];
  /** Ids that TMDB was told to answer with something that is no movie, or not the one. */
  readonly misanswered: ReadonlySet<string>;
  readonly junk: readonly string[];
  readonly loteSize: number;
  readonly requestsPerSecond: number;
  readonly secret: string;
  /** All that was logged, and every body of a message. */
  readonly texts: readonly string[];
  /** Whether the troubles are over and everything was replayed: then only what can't succeed may have failed. */
  readonly healed: boolean;
}

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
  for (const [key, { body, metadata }] of evidence.objects) {
    if ((body + JSON.stringify(metadata)).includes(evidence.secret)) wrong.push(`the token stands in ${key}`);
  }
  for (const text of evidence.texts)
    if (text.includes(evidence.secret)) wrong.push(`the token stands in: ${text.slice(0, 200)}`);
  return wrong;
}

/** The ids that a CSV selects, in their order, or undefined when it can't be used. */
export function selectedBy(csv: string): string[] | undefined {
  const [header = "", ...rows] = csv.split("\n");
  const columns = header.split("|");
  const at = (name: string) => columns.indexOf(name);
  const needed = ["id", "anoLancamento", "genero", "numeroVotos"];
  if (csv.includes("\0") || needed.some((name) => at(name) < 0)) return undefined;
  const ids = new Set<string>();
  for (const row of rows) {
    const cells = row.split("|");
    if (row === "" || cells.length !== columns.length) continue;
    const [id = "", year, genres = "", votes] = needed.map((name) => cells[at(name)]);
    if (Number(year) > 1960 && Number(votes) > 10_000 && /crime|war/i.test(genres)) ids.add(id.trim());
  }
  return ids.size > 0 ? [...ids] : undefined;
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
  const selected = selectedBy(inForce.csv);
  const wrong: string[] = [];
  const expect = (holds: boolean, sentence: string) => {
    if (!holds) wrong.push(`${date}: ${sentence}`);
  };

  if (selectedBy(last.csv) !== undefined) expect(inForce === last, "the last usable upload is not in force");
  else
    expect(
      run.rejected?.source.sequencer === last.sequencer,
      "the last upload can't be used, and _run.json does not say so",
    );
  expect(
    selected !== undefined || run.status === "rejected",
    `the status is ${run.status} of a CSV that can't be used`,
  );
  // A run that was cut short when a CSV that can't be used took its place is given up whole.
  if (selected === undefined || (run.status === "rejected" && selectedBy(last.csv) === undefined)) {
    expect(
      [...files.keys()].every((name) => name === "_run.json" || isLedgerOfJunk(files, evidence)),
      `a rejected run has output: ${[...files].map(([name, { body }]) => `${name} ${body}`)}`,
    );
    return wrong;
  }
  expect(run.status === "queued", `the status is ${run.status} after everything has settled`);
  expect(run.ids === selected.length, `${run.ids} ids are said to be selected, and it is ${selected.length}`);

  const lotes = Array.from({ length: Math.ceil(selected.length / evidence.loteSize) }, (_, n) =>
    selected.slice(n * evidence.loteSize, (n + 1) * evidence.loteSize),
  );
  const ledger = entriesOf(files.get("erros_geral.json")?.body);
  wrong.push(...judgeLedger(date, ledger, run.run, lotes, evidence));
  const failed = new Set(ledger.map(({ lote, imdb_id }) => `${lote} ${imdb_id}`));
  lotes.forEach((ids, index) => {
    const name = `lote_${index + 1}.json`;
    const file = files.get(name);
    const records = ids
      .filter((id) => !failed.has(`${index + 1} ${id}`))
      .map((id) => evidence.recordOf(id) ?? `(TMDB does not know ${id})`);
    const expected = records.map((record) => `${record}\n`).join("");
    expect(
      (file?.body ?? "") === expected,
      `${name} is not its ids less the failed ones: it has ${told(file?.body)} instead of ${told(expected)}`,
    );
    expect(file === undefined || file.body !== "", `${name} is empty`);
    expect(file === undefined || file.metadata.run === run.run, `${name} is of another run`);
  });
  const names = new Set(["_run.json", "erros_geral.json", ...lotes.map((_, index) => `lote_${index + 1}.json`)]);
  for (const name of files.keys()) expect(names.has(name), `${name} is nobody's, or of a superseded run`);
  return wrong;
}

/** Each line's id, and the line itself where it is no record as TMDB has it. */
function told(body = ""): string {
  const lines = body.split("\n").filter((line) => line !== "");
  return `[${lines.map((line) => /^{"id":\d+,"imdb_id":"(tt\d+)"/.exec(line)?.[1] ?? line).join(" ")}]`;
}

function isLedgerOfJunk(files: ReadonlyMap<string, { body: string }>, { junk }: Evidence): boolean {
  return entriesOf(files.get("erros_geral.json")?.body).every(({ message }) => junk.includes(message));
}
