import { type Account, type FailedId, type RunDate, replayOutcome, type Trouble } from "@lotes/core";
import { plural } from "./output.ts";
import type { Target } from "./target.ts";
import { supersededTroubles } from "./uploaded-run.ts";
import { follow, isDone, isReplayed, whyUnfinished } from "./watch.ts";

/** What a replay that was followed has come to. */
export interface FollowedReplay {
  readonly after: Account;
  /** Whether each of its ids was tried, and the run is finished. */
  readonly isDone: boolean;
  /** Why what was waited for has not come. */
  readonly unmet: readonly Trouble[];
  /** Why the run itself has not come to an end. `printStatus` finds that too. */
  readonly unfinished: readonly Trouble[];
}

/**
 * Follows the replayed failures until each was tried, or until nothing will come of them any more.
 * @param account before they were sent
 */
export async function followReplay(
  target: Target,
  date: RunDate,
  budget: number,
  account: Account,
  replayed: readonly FailedId[],
): Promise<FollowedReplay> {
  const after = await follow(target, date, budget, isReplayed(replayed));
  const unmet = unmetTroubles(replayed, account, after);
  return { after, unmet, unfinished: await whyUnfinished(target, after), isDone: isDone(after) && unmet.length === 0 };
}

/** A later upload may have taken over, or ids were not tried and their messages are gone. */
export function unmetTroubles(replayed: readonly FailedId[], account: Account, after: Account): Trouble[] {
  const superseded = supersededTroubles(account.run.run, after);
  if (superseded.length > 0) return superseded;
  const { open } = replayOutcome(replayed, after);
  if (open === 0 || after.run.status === "cancelled") return [];
  const message = `${plural(open, "id")} of the replay ${open === 1 ? "was" : "were"} not tried, and nothing is queued: replay once more`;
  return [{ code: "replay_lost", message }];
}
