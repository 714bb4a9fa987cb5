import type { MisbehaviourRule } from "@lotes/local";
import { Random, weighted } from "@lotes/local/sample/random";
import type { Disturbance } from "./disturbances.ts";

/** One upload of a movies.csv. */
export interface Upload {
  readonly date: string;
  /** When it is put there, in milliseconds from the beginning. */
  readonly atMs: number;
  readonly csv: string;
  /** How often S3 tells of it. */
  readonly events: number;
  /** How much later each further event comes. */
  readonly eventGapMs: number;
}

/** What an operator does. */
export interface OperatorAction {
  readonly atMs: number;
  readonly date: string;
  /** `replay` sends the retryable failures again, `replay-all` every one, `redrive` moves what stands in the DeadLetterQueue back as it is. */
  readonly does: "replay" | "replay-all" | "redrive";
}

/** Everything that is decided beforehand about one run of the pipeline under chaos. Seed and index decide all of it. */
export interface Schedule {
  readonly seed: number;
  readonly index: number;
  readonly requestsPerSecond: number;
  readonly consumers: number;
  readonly collectors: number;
  readonly loteSize: number;
  /** What Lambda gives a function, in milliseconds. */
  readonly functionMs: number;
  readonly uploads: readonly Upload[];
  readonly operator: readonly OperatorAction[];
  /** Bodies that somebody else sends to LoteQueue, and to the DeadLetterQueue. */
  readonly junk: readonly { readonly queue: "LoteQueue" | "DeadLetterQueue"; readonly body: string }[];
  readonly tmdb: readonly MisbehaviourRule[];
  /** Milliseconds from a request to TMDB's answer. */
  readonly tmdbLatencyMs: { readonly min: number; readonly max: number };
  /** How many calls to S3 and SQS go wrong, deaths among them, and one in how many while there are some left. */
  readonly troubles: number;
  readonly troubleOneIn: number;
  /** One delivery in so many is made twice. */
  readonly duplicateOneIn: number;
  readonly disturbances: readonly Disturbance[];
}

/** What TMDB knows: so many movies from this IMDb id on. A movie's TMDB id is the number in it. */
export const FIRST_KNOWN = 1_000_000;
export const KNOWN = 80;

// A few lotes: enough for all of them to meet, and no more work than that.
const MOST_ROWS = 12;
// Of an upload that has fewer lotes than the one before it: files are left that nobody will overwrite.
const FEW_ROWS = 3;
// Twice what most runs take to their first file: the function's start, a second's wait, the requests.
const LONGEST_GAP_MS = 8_000;
// An upload's events, lotes and reports have mostly come and gone after so long.
const LAST_WORK_MS = 5_000;
// The SDK's three attempts take a second at most: some outages are over before the caller gives up, and some are not.
const OUTAGE_MS = { min: 200, max: 3_000 };
// Long enough for all of a run.
const SLOW_SPELL_MS = { min: 1_000, max: 15_000 };
const DATES = ["2026/11/23", "2026/11/24"] as const;
const COLUMNS = ["id", "tituloPincipal", "anoLancamento", "genero", "numeroVotos"];
const UNUSABLE = ["", "id|genero\ntt1000000|Crime\n", "\u0000\u0001binary", `${COLUMNS.join(",")}\n`];
const INVALID_IDS = ["../../etc/passwd", "nm0000001", "tt12", "tt1000000?x=1", ""];
const JUNK = ["hello", "{}", '{"version":2}', "[]", '{"version":1,"run":"r","date":"2026/13/40","lote":1,"ids":[]}'];

/** A number that decides everything of one schedule. */
export function seedOf(seed: number, index: number): number {
  // Two large primes, so that neighbours have nothing in common.
  return (Math.imul(seed, 2_654_435_761) + Math.imul(index, 40_503)) >>> 0;
}

export function scheduleOf(seed: number, index: number): Schedule {
  const random = new Random(seedOf(seed, index));
  const consumers = random.pick([2, 2, 2, 3]);
  const requestsPerSecond = random.pick([10, 20, 40, 200]);
  const dates = random.oneIn(6) ? DATES : DATES.slice(0, 1);
  const uploads = dates.flatMap((date) => uploadsOf(date, random));
  const lastAt = Math.max(...uploads.map(({ atMs }) => atMs));
  return {
    seed,
    index,
    requestsPerSecond,
    consumers,
    // Two run at once where concurrency can't be reserved.
    collectors: random.oneIn(3) ? 2 : 1,
    loteSize: random.pick([2, 3, 5]),
    functionMs: random.pick([4_000, 6_000, 10_000]),
    uploads,
    operator: Array.from({ length: random.pick([0, 0, 1, 2, 3]) }, () => ({
      atMs: random.below(lastAt + 4_000),
      date: random.pick(dates),
      does: random.pick(["replay", "replay-all", "redrive"] as const),
    })),
    junk: random.oneIn(10)
      ? [{ queue: random.pick(["LoteQueue", "DeadLetterQueue"] as const), body: random.pick(JUNK) }]
      : [],
    tmdb: rulesOf(random),
    tmdbLatencyMs: random.pick([
      { min: 0, max: 0 },
      { min: 5, max: 60 },
      { min: 50, max: 300 },
    ]),
    troubles: random.pick([0, 5, 10, 20, 40]),
    troubleOneIn: random.pick([4, 8, 15]),
    duplicateOneIn: random.pick([2, 4, 10, 1_000]),
    disturbances: disturbancesOf(random, lastAt),
  };
}

function uploadsOf(date: string, random: Random): Upload[] {
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  let atMs = 0;
  let csv = "";
  return Array.from({ length: count }, (_, nth) => {
    // A later one comes in the middle of the earlier one's work, or when that has written its files.
    if (nth > 0) atMs += random.below(LONGEST_GAP_MS);
    csv = nth > 0 ? laterCsv(csv, random) : csvOf(MOST_ROWS, random);
    return { date, atMs, csv, events: random.pick([1, 1, 1, 2, 3]), eventGapMs: random.pick([0, 300, 2_000, 6_000]) };
  });
}

/** What replaces a CSV: another one, the same once more (the ETag does not tell the two apart), or one that can't be used. */
function laterCsv(earlier: string, random: Random): string {
  if (random.oneIn(6)) return random.pick(UNUSABLE);
  return random.oneIn(4) ? earlier : csvOf(random.pick([FEW_ROWS, MOST_ROWS]), random);
}

const ROWS = weighted([
  ["known", 24],
  ["number", 2],
  ["unknown", 4],
  ["invalid", 1],
  ["old", 1],
  ["malformed", 1],
] as const);

/** A row of each kind. */
const LINES: Readonly<Record<(typeof ROWS)[number], (known: number, random: Random) => string>> = {
  known: (known) => row(`tt${known}`),
  number: (known) => row(String(known)),
  unknown: (_, random) => row(`tt${7_000_000 + random.below(20)}`),
  invalid: (_, random) => row(random.pick(INVALID_IDS)),
  old: (known) => row(`tt${known}`, "1955"),
  malformed: (known) => `tt${known}|too|few`,
};

function csvOf(mostRows: number, random: Random): string {
  const first = random.below(KNOWN);
  const lines = Array.from({ length: random.between(1, mostRows) }, (_, nth) => {
    const known = FIRST_KNOWN + ((first + nth) % KNOWN);
    return LINES[random.pick(ROWS)](known, random);
  });
  // Sorted by id as text, as the genuine file is.
  return `${[COLUMNS.join("|"), ...lines.sort()].join("\n")}\n`;
}

function row(id: string, year = "1994"): string {
  return [id, 'A "Film', year, "Crime,Drama", "20000"].join("|");
}

function disturbancesOf(random: Random, lastUploadMs: number): Disturbance[] {
  return Array.from({ length: random.pick([0, 1, 1, 2]) }, () => {
    const kind = random.pick(["slow", "slow", "slow", "throttled", "broken", "unsent"] as const);
    const { min, max } = kind === "slow" ? SLOW_SPELL_MS : OUTAGE_MS;
    const fromMs = random.below(lastUploadMs + LAST_WORK_MS);
    return {
      service: random.pick(["s3", "s3", "sqs"] as const),
      fromMs,
      toMs: fromMs + random.between(min, max),
      kind,
    };
  });
}

/** TMDB misbehaving in the ways of the reasons table. Each rule ends, by its count or its window: a run has to settle. */
function rulesOf(random: Random): MisbehaviourRule[] {
  const ids = () => Array.from({ length: random.between(1, 6) }, () => `tt${FIRST_KNOWN + random.below(KNOWN)}`);
  const window = () => {
    const fromMs = random.below(3_000);
    return { window: { fromMs, toMs: fromMs + random.between(200, 2_500) } };
  };
  const kinds: (() => MisbehaviourRule)[] = [
    () => ({ ...window(), answer: { status: 429 } }),
    () => ({ limit: random.between(1, 5), answer: { status: 429, retryAfter: random.pick([0, 1, "soon", "-5"]) } }),
    () => ({ ids: ids(), times: random.between(1, 12), answer: { status: random.pick([500, 503, 504] as const) } }),
    () => ({ share: 0.2, limit: 20, answer: { status: 503 } }),
    () => ({ ids: ids(), times: random.between(1, 4), answer: "reset" }),
    () => ({ share: 0.1, limit: 10, answer: "reset" }),
    () => ({ ids: ids().slice(0, 2), times: 1, answer: "hang" }),
    () => ({ ids: ids(), times: random.between(1, 3), answer: "html" }),
    () => ({ ids: ids(), times: 1, answer: { status: 200, body: random.pick([null, {}, [], { id: "x" }, "text"]) } }),
    // The right shape, and another movie.
    () => ({ ids: ids(), times: 1, answer: { status: 200, body: { id: 5, imdb_id: "tt0000005", title: "Other" } } }),
    () => ({ ...window(), answer: { status: 401 } }),
    () => ({ limit: 1, answer: { status: 401 } }),
  ];
  return Array.from({ length: random.pick([0, 1, 2, 3]) }, () => random.pick(kinds)());
}

/** The ids that TMDB answers with something that is no movie, or with another one. */
export function misansweredBy({ tmdb }: Schedule): Set<string> {
  const isOdd = ({ answer }: MisbehaviourRule) =>
    answer === "html" || (typeof answer === "object" && answer.status === 200);
  return new Set(tmdb.filter(isOdd).flatMap(({ ids = [] }) => ids));
}
