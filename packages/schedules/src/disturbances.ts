import type { Random } from "@lotes/local/sample/random";

/** A time in which a service is out, or slow, for all that call it. */
export interface Disturbance {
  readonly service: "s3" | "sqs";
  /** From the beginning of the schedule, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: "throttled" | "broken" | "unsent" | "slow";
}

// An upload's events, lotes and reports have mostly come and gone after so long.
const LAST_WORK_MS = 5_000;
// The SDK's three attempts take a second at most: some outages are over before the caller gives up, and some are not. The longest are over when SQS has given up what was under way.
const OUTAGE_MS = { min: 200, max: [3_000, 3_000, 12_000] };
// Long enough for all of a run.
const SLOW_SPELL_MS = { min: 1_000, max: [15_000] };

/** Disturbances around the uploads of a schedule. */
export function disturbancesOf(random: Random, lastUploadMs: number): Disturbance[] {
  return Array.from({ length: random.pick([0, 1, 1, 2]) }, () => {
    const kind = random.pick(["slow", "slow", "slow", "throttled", "broken", "unsent"] as const);
    const { min, max } = kind === "slow" ? SLOW_SPELL_MS : OUTAGE_MS;
    const fromMs = random.below(lastUploadMs + LAST_WORK_MS);
    return {
      service: random.pick(["s3", "s3", "sqs"] as const),
      fromMs,
      toMs: fromMs + random.between(min, random.pick(max)),
      kind,
    };
  });
}
