import { loteKey, nameOf } from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { FailedId } from "../files/ledger-entry.ts";
import type { RunFile } from "../files/run-file.ts";

/**
 * A piece of a sentence: words, or something that its reader may show in a way of its own.
 * `at` is an instant as ISO 8601 has it, `lote` a number of a lote, `foreign` what TMDB or a CSV says.
 */
export type Words =
  | string
  | { readonly at: string }
  | { readonly lote: number }
  | { readonly reason: string }
  | { readonly foreign: string };

export type Sentence = readonly Words[];

/** What became of an id, as far as it is told in words. */
export type ToldFate =
  | { readonly state: "stored"; readonly lote: number; readonly asked: Asked | undefined }
  | { readonly state: "failed"; readonly failure: ToldFailure }
  | { readonly state: "open"; readonly lote: number }
  | { readonly state: "unknown" | "never selected" };

/** When the lote of an id was asked for. */
export interface Asked {
  readonly from: string;
  readonly until: string;
  /** Whether in more than one delivery. */
  readonly repeated: boolean;
  /** When TMDB gave the record, if that of an earlier run was used again. */
  readonly usedAgainOf?: string | undefined;
}

type ToldFailure = Pick<
  FailedId,
  "lote" | "reason" | "status" | "message" | "attempts" | "first_failed_at" | "last_failed_at"
>;

export interface ToldRun extends Pick<RunFile, "status" | "lotes"> {
  readonly cancelled_at: string | null;
  /** Why its CSV was rejected. */
  readonly error: string | null;
}

/** Tells what became of an id of a date's run, for the command and for the page. */
export function fateSentences(fate: ToldFate, date: RunDate, run: ToldRun): Sentence[] {
  switch (fate.state) {
    case "stored":
      return storedSentences(fate, date, run);
    case "failed": {
      const { lote, reason, status, message, attempts, first_failed_at, last_failed_at } = fate.failure;
      const answer = status === null ? ": " : `, status ${status}: `;
      const times = attempts === 1 ? "once" : `${attempts} times`;
      return [
        ["failed in ", { lote }, ` of ${run.lotes}: `, { reason }, answer, { foreign: message }],
        [`tried ${times}, first at `, { at: first_failed_at }, ", last at ", { at: last_failed_at }],
      ];
    }
    case "open":
      return [["in ", { lote: fate.lote }, ` of ${run.lotes}, neither stored nor failed`, ...cancelled(run)]];
    case "unknown":
      return run.status === "cancelled"
        ? [["neither stored nor failed", ...cancelled(run), ", or it was never selected"]]
        : [["neither stored nor failed"], ["it is still to come, or it was never selected"]];
    case "never selected":
      return run.status === "rejected"
        ? [["never selected: the CSV was rejected: ", { foreign: run.error ?? "" }]]
        : [["never selected: every id of the run is accounted for, and it is none of them"]];
  }
}

function storedSentences(
  { lote, asked }: Extract<ToldFate, { state: "stored" }>,
  date: RunDate,
  { lotes }: ToldRun,
): Sentence[] {
  const stored = [`stored in ${nameOf(loteKey(date, lote))}, `, { lote }, ` of ${lotes}`];
  if (asked === undefined) return [stored];
  if (asked.usedAgainOf !== undefined) {
    return [stored, ["TMDB gave its record at ", { at: asked.usedAgainOf }, ", and it was used again"]];
  }
  const repeated = asked.repeated ? ", in more than one delivery" : "";
  return [stored, ["its lote was asked for from ", { at: asked.from }, " to ", { at: asked.until }, repeated]];
}

/** Why nothing more will be heard of an id. */
function cancelled({ cancelled_at }: ToldRun): Words[] {
  return cancelled_at === null ? [] : [": the run was cancelled at ", { at: cancelled_at }];
}
