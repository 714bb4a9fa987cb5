import type { MisbehaviourRule } from "@lotes/local";
import { Random } from "@lotes/local/sample/random";
import { csvOfManyLotes, csvOfTwins } from "./csvs.ts";
import { happens } from "./one-in.ts";
import type { Size } from "./size.ts";
import { ruleForTwins } from "./tmdb-rules.ts";

/** A run that is larger than others: what its schedule has in the place of what is drawn. */
export interface LargeRun {
  readonly csv: (random: Random) => string;
  readonly loteSize: number;
  readonly requestsPerSecond: number;
  readonly functionMs: number;
  readonly tmdb: (random: Random) => MisbehaviourRule[];
}

/** One lote with movies by both their ids. */
export const RUN_OF_TWINS: LargeRun = {
  csv: csvOfTwins,
  loteSize: 150,
  requestsPerSecond: 200,
  functionMs: 15_000,
  tmdb: (random) => [ruleForTwins(random)],
};

const RUN_OF_MANY_LOTES: LargeRun = {
  csv: csvOfManyLotes,
  loteSize: 1,
  requestsPerSecond: 200,
  functionMs: 6_000,
  tmdb: () => [],
};

// Drawn apart from all else, so that the other schedules are as they were before there were such runs.
const OWN_STREAM = 0x4c6f_7465;

/** @returns undefined where the schedule of the seed has no run of many lotes */
export function manyLotesOf(seed: number, { manyLotesOneIn }: Size): LargeRun | undefined {
  return happens(new Random(seed ^ OWN_STREAM), manyLotesOneIn) ? RUN_OF_MANY_LOTES : undefined;
}
