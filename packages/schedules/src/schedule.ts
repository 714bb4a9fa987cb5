import type { MisbehaviourRule } from "@lotes/local";
import type { StoreHabits } from "@lotes/local/emulator/store-habits";
import { Random } from "@lotes/local/sample/random";
import { withBusyOperator } from "./busy-operators.ts";
import { type CsvHabits, csvOf, habitsOf, laterCsv } from "./csvs.ts";
import { type Disturbance, disturbancesOf } from "./disturbances.ts";
import { type Freezes, freezesOf } from "./freezes.ts";
import { FUNCTION_MS, withHangs } from "./hangs.ts";
import { manyLotesOf, RUN_OF_TWINS } from "./large-runs.ts";
import { happens, ONE_IN } from "./one-in.ts";
import { SIZES, type Size } from "./size.ts";
import { type StrangersMessage, strangersOf } from "./strangers.ts";
import { rulesOf } from "./tmdb-rules.ts";

/** One upload of a movies.csv. */
export interface Upload {
  readonly date: string;
  /** When it is put there, in milliseconds from the beginning. */
  readonly atMs: number;
  readonly csv: string;
  /** Whether it is to be used although nothing is selected, or too many rows are bad. */
  readonly forced: boolean;
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
  /** What the operator's own tool writes as the `attempts` of the messages that it moves; undefined leaves them. */
  readonly attempts: string | undefined;
}

/** An operator ends the run of a date. */
export interface Cancel {
  readonly atMs: number;
  readonly date: string;
}

/** Everything that is decided beforehand about one run of the pipeline under chaos. Seed and index decide all of it. */
export interface Schedule {
  readonly seed: number;
  readonly index: number;
  readonly requestsPerSecond: number;
  readonly consumers: number;
  readonly collectors: number;
  /** Environments that consumers have from the beginning; there may be more of them than run at once. */
  readonly warmConsumers: number;
  /** Which of the idle ones Lambda takes. */
  readonly nextEnvironment: "most recent" | "idle longest" | "any";
  readonly freezes: Freezes | undefined;
  /** Steps of the functions' wall clock. */
  readonly clockSteps: readonly { readonly atMs: number; readonly byMs: number }[];
  readonly loteSize: number;
  /** How long records are used again, in hours. */
  readonly reuseHours: number;
  /** What Lambda gives a function, in milliseconds. */
  readonly functionMs: number;
  readonly uploads: readonly Upload[];
  readonly store: StoreHabits | undefined;
  readonly operator: readonly OperatorAction[];
  readonly cancels: readonly Cancel[];
  readonly strangers: readonly StrangersMessage[];
  readonly tmdb: readonly MisbehaviourRule[];
  /** Milliseconds that a request is on its way to TMDB, and from there to TMDB's answer. Each takes its own time. */
  readonly tmdbWayMs: { readonly min: number; readonly max: number };
  readonly tmdbLatencyMs: { readonly min: number; readonly max: number };
  /** How many calls to S3 and SQS go wrong, deaths among them, and one in how many while there are some left. */
  readonly troubles: number;
  readonly troubleOneIn: number;
  /** One delivery in so many is made twice. */
  readonly duplicateOneIn: number;
  readonly disturbances: readonly Disturbance[];
}

// Twice what most runs take to their first file: the function's start, a second's wait, the requests.
const LONGEST_GAP_MS = 8_000;
// Warm environments that have waited out their first second, at the first upload.
const WARM_MS = 1_500;
// Some act in the middle of the first lotes, and some when all but what had failed is done.
const LAST_ACTION_MS = [4_000, 4_000, 15_000];
const HOUR_MS = 3_600_000;
const STEPS_MS = [HOUR_MS, -HOUR_MS, 10_000, -10_000, -1_000];
// By then most runs have settled and have a manifest, from which a later upload's run takes records.
const PAUSE_MS = 40_000;
// Drawn apart from all else, so that the other schedules are as they were before there were such pauses.
const PAUSE_SEED = 0x7061_7573;
const DATES = ["2026/11/23", "2026/11/24"] as const;

/** A number that decides everything of one schedule. */
export function seedOf(seed: number, index: number): number {
  // Two large primes, so that neighbours have nothing in common.
  return (Math.imul(seed, 2_654_435_761) + Math.imul(index, 40_503)) >>> 0;
}

/** The schedule of an index. Its size decides how much there is to do in it. */
export function scheduleOf(seed: number, index: number, size: Size = SIZES.real): Schedule {
  const random = new Random(seedOf(seed, index));
  const habits = habitsOf(seedOf(seed, index), size);
  const consumers = random.pick([2, 2, 2, 3]);
  const large = happens(random, size.twinsOneIn) ? RUN_OF_TWINS : manyLotesOf(seedOf(seed, index), size);
  const dates = random.oneIn(6) ? DATES : DATES.slice(0, 1);
  const warmConsumers = happens(random, ONE_IN.warmEnvironments) ? random.between(3, 5) : 0;
  const firstAtMs = warmConsumers > 0 ? random.pick([0, WARM_MS]) : 0;
  const first = () => large?.csv(random) ?? csvOf(random, habits);
  const atOnce = dates.flatMap((date) => uploadsOf(date, firstAtMs, first(), habits, random));
  const uploads = withPause(atOnce, seedOf(seed, index));
  const lastAtMs = Math.max(...uploads.map(({ atMs }) => atMs));
  const schedule: Schedule = {
    seed,
    index,
    requestsPerSecond: large?.requestsPerSecond ?? random.pick([10, 20, 40, 200]),
    consumers,
    // Two run at once where concurrency can't be reserved.
    collectors: random.oneIn(3) ? 2 : 1,
    warmConsumers,
    nextEnvironment: random.pick(["most recent", "idle longest", "any"]),
    freezes: happens(random, ONE_IN.freezes) ? freezesOf(random) : undefined,
    clockSteps: happens(random, ONE_IN.clockSteps) ? stepsOf(random, lastAtMs) : [],
    loteSize: large?.loteSize ?? random.pick([2, 3, 5]),
    functionMs: large?.functionMs ?? random.pick(FUNCTION_MS),
    uploads,
    store: happens(random, ONE_IN.oddStore) ? storeOf(random) : undefined,
    operator: Array.from({ length: random.pick([0, 0, 1, 2, 3]) }, () => actionOf(random, dates, lastAtMs)),
    strangers: strangersOf(random, size),
    tmdb: [...(large?.tmdb(random) ?? []), ...rulesOf(random)],
    tmdbWayMs: { min: 0, max: happens(random, ONE_IN.way) ? random.pick([30, 100, 250]) : 0 },
    tmdbLatencyMs: random.pick([
      { min: 0, max: 0 },
      { min: 5, max: 60 },
      { min: 50, max: 300 },
    ]),
    troubles: random.pick([0, 5, 10, 20, 40]),
    troubleOneIn: random.pick([4, 8, 15]),
    duplicateOneIn: random.pick([2, 4, 10, 1_000]),
    disturbances: disturbancesOf(random, lastAtMs),
    reuseHours: happens(random, ONE_IN.reuse) ? random.pick([1, 24]) : 0,
    cancels: happens(random, ONE_IN.cancels) ? cancelsOf(random, dates, lastAtMs) : [],
  };
  const isLarge = large !== undefined;
  return withBusyOperator(withHangs(schedule, seedOf(seed, index), isLarge), seedOf(seed, index), size, isLarge);
}

/** Lets the later uploads of a schedule come after a pause, if it is to have one. */
function withPause(uploads: Upload[], seed: number): Upload[] {
  if (!happens(new Random(seed ^ PAUSE_SEED), ONE_IN.pauses)) return uploads;
  const firstAtMs = Math.min(...uploads.map(({ atMs }) => atMs));
  return uploads.map((each) => (each.atMs === firstAtMs ? each : { ...each, atMs: each.atMs + PAUSE_MS }));
}

function uploadsOf(date: string, firstAtMs: number, first: string, habits: CsvHabits, random: Random): Upload[] {
  const count = random.pick(habits.size.uploads);
  let atMs = firstAtMs;
  let csv = first;
  return Array.from({ length: count }, (_, nth) => {
    // A later one comes in the middle of the earlier one's work, or when that has written its files.
    if (nth > 0) atMs += random.below(LONGEST_GAP_MS);
    if (nth > 0) csv = laterCsv(csv, random, habits);
    return {
      date,
      atMs,
      csv,
      forced: happens(random, habits.forcedOneIn),
      events: random.pick([1, 1, 1, 2, 3]),
      eventGapMs: random.pick([0, 300, 2_000, 6_000]),
    };
  });
}

function actionOf(random: Random, dates: readonly string[], lastAtMs: number): OperatorAction {
  return {
    atMs: random.below(lastAtMs + random.pick(LAST_ACTION_MS)),
    date: random.pick(dates),
    does: random.pick(["replay", "replay-all", "redrive"]),
    attempts: happens(random, ONE_IN.handEditedAttempts) ? random.pick(["1.5", "-1", "1e9", "0"]) : undefined,
  };
}

function cancelsOf(random: Random, dates: readonly string[], lastAtMs: number): Cancel[] {
  return Array.from({ length: random.pick([1, 1, 2]) }, () => ({
    atMs: random.below(lastAtMs + 6_000),
    date: random.pick(dates),
  }));
}

function stepsOf(random: Random, lastAtMs: number): { atMs: number; byMs: number }[] {
  return Array.from({ length: random.between(1, 3) }, () => ({
    atMs: random.below(lastAtMs + 4_000),
    byMs: random.pick(STEPS_MS),
  }));
}

function storeOf(random: Random): StoreHabits {
  return { opaqueEtags: random.oneIn(2), versions: random.oneIn(2), rangeChecksums: random.oneIn(2) };
}
