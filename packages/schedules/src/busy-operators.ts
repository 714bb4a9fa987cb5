import type { MisbehaviourRule } from "@lotes/local";
import { Random } from "@lotes/local/sample/random";
import { csvOfOddIds } from "./csvs.ts";
import { happens, ONE_IN } from "./one-in.ts";
import type { OperatorAction, Schedule } from "./schedule.ts";
import type { Size } from "./size.ts";
import { refusingRule } from "./tmdb-rules.ts";

// Drawn apart from all else, so that the other schedules are as they were before there were such operators.
const OWN_STREAM = 0x6275_7379;

const ACTIONS = 6;
// The first one comes when there may be something to do, and the last one so long after the last upload at the latest.
const FIRST_ACTION_MS = 1_500;
const LAST_ACTION_MS = 8_000;

/** What an operator does again and again. */
const MOVE = { does: "redrive", attempts: "1.5" } as const;
const REPLAY = { does: "replay", attempts: undefined } as const;

/**
 * Gives a schedule an operator who does one thing again and again, if it is to have one: who moves messages by a tool of their own, or who replays, since
 * much fails of an export with other programs' ids, by a TMDB that does not take the token at first.
 * @param isLarge whether the schedule has a large run, which needs its own CSV and its own TMDB
 */
export function withBusyOperator(schedule: Schedule, seed: number, size: Size, isLarge: boolean): Schedule {
  const random = new Random(seed ^ OWN_STREAM);
  if (isLarge || !happens(random, ONE_IN.busyOperator)) return schedule;
  if (random.oneIn(3)) return { ...schedule, operator: repeated(MOVE, schedule, random) };
  const csv = csvOfOddIds(random, size);
  const [first] = schedule.uploads;
  const uploads = schedule.uploads.map((each) => (each.csv === first?.csv ? { ...each, csv } : each));
  const tmdb: MisbehaviourRule[] = [...schedule.tmdb, refusingRule(random)];
  return { ...schedule, uploads, tmdb, operator: repeated(REPLAY, schedule, random) };
}

function repeated(
  action: Pick<OperatorAction, "does" | "attempts">,
  { uploads }: Schedule,
  random: Random,
): OperatorAction[] {
  const date = uploads[0]?.date ?? "";
  const lastAtMs = Math.max(...uploads.map(({ atMs }) => atMs)) + LAST_ACTION_MS;
  return Array.from({ length: ACTIONS }, () => ({ ...action, date, atMs: random.between(FIRST_ACTION_MS, lastAtMs) }));
}
