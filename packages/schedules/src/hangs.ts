import { Random } from "@lotes/local/sample/random";
import { happens, ONE_IN } from "./one-in.ts";
import type { Schedule } from "./schedule.ts";
import { hangingRules } from "./tmdb-rules.ts";

/** What Lambda may give a function, in milliseconds. */
export const FUNCTION_MS = [4_000, 6_000, 10_000, 15_000];

// Drawn apart from all else, so that the other schedules are as they were before TMDB hung so.
const OWN_STREAM = 0x6861_6e67;

/**
 * Lets TMDB hang while functions have the least time, if that is to be so. The same process is invoked again and again then, and often nothing else goes
 * wrong, so that no process dies: what it has learned from TMDB stays with it.
 * @param isLarge whether the schedule has a large run, which needs its own time and its own TMDB
 */
export function withHangs(schedule: Schedule, seed: number, isLarge: boolean): Schedule {
  const random = new Random(seed ^ OWN_STREAM);
  if (isLarge || !happens(random, ONE_IN.hangs)) return schedule;
  const sameProcess = { warmConsumers: 0, nextEnvironment: "most recent" } as const;
  const troubles = random.oneIn(2) ? 0 : schedule.troubles;
  return { ...schedule, ...sameProcess, troubles, functionMs: Math.min(...FUNCTION_MS), tmdb: hangingRules(random) };
}
