import {
  cancelledInWords,
  type Explanation,
  type Fate,
  fateSentences,
  isRepeated,
  loteKey,
  type RunDate,
  recordLine,
  type SelectedRow,
  type Sentence,
  type ToldFate,
  type UnselectedRow,
} from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { placesDocument, s3Uri } from "./documents.ts";

export interface ToldExplanation extends Explanation {
  readonly date: RunDate;
  readonly bucket: string;
  /** The rows of the local CSV that select the id; undefined when no CSV was given. */
  readonly rows: readonly SelectedRow[] | undefined;
  /** If none does, the rows that have the id all the same. */
  readonly unselected: readonly UnselectedRow[];
}

/** For a program. */
export function explanationDocument({ id, date, bucket, run, fate, rows, unselected }: ToldExplanation) {
  const failure = fate.state === "failed" ? fate.failure : null;
  const stored = fate.state === "stored" ? fate : undefined;
  const lote = "lote" in fate ? fate.lote : (failure?.lote ?? null);
  return {
    id,
    date,
    run: run.run,
    status: run.status,
    ...placesDocument(bucket, date),
    state: fate.state.replace(" ", "_"),
    lote,
    file: stored ? s3Uri(bucket, loteKey(date, stored.lote)) : null,
    record: stored?.record ?? null,
    fetched_at: stored?.fetchedAt?.toISOString() ?? null,
    failure,
    asked_from: stored?.work?.startedAt.toISOString() ?? failure?.first_failed_at ?? null,
    asked_until: stored?.work?.endedAt.toISOString() ?? failure?.last_failed_at ?? null,
    attempts: failure?.attempts ?? null,
    rows: rows?.map(({ line, cells }) => ({ line, cells })) ?? null,
    rows_not_selected: rows === undefined ? null : unselected,
  };
}

/** For people. */
export function explanationLines(told: ToldExplanation): string[] {
  const { id, date, run } = told;
  return [
    "",
    `${id} in run ${run.run} of ${date}`,
    "",
    ...fateLines(told).map((line) => `  ${line}`),
    ...rowLines(told).map((line) => `  ${line}`),
    "",
  ];
}

function fateLines({ id, date, run, fate }: ToldExplanation): string[] {
  const cancelled_at = run.status === "cancelled" ? run.cancelled_at : null;
  const sentences = fateSentences(toldFate(fate), date, { ...run, cancelled_at }).map(inPlainWords);
  switch (fate.state) {
    case "stored":
      return [...sentences, recordLine(fate.record)];
    case "failed": {
      if (cancelled_at !== null) return [...sentences, cancelledInWords({ cancelled_at })];
      const again = `${COMMAND} replay --id ${id}`;
      return [...sentences, `again: ${fate.failure.retryable ? again : `asking again may not help; ${again} does`}`];
    }
    case "open":
    case "unknown":
      return run.status === "cancelled" ? sentences : [...sentences, `see \`${COMMAND} status --date ${date}\``];
    case "never selected":
      return sentences;
  }
}

function toldFate(fate: Fate): ToldFate {
  if (fate.state !== "stored") return fate;
  const { lote, work, fetchedAt } = fate;
  const asked = work && {
    from: work.startedAt.toISOString(),
    until: work.endedAt.toISOString(),
    repeated: isRepeated(work),
    usedAgainOf: fetchedAt && fetchedAt < work.startedAt ? fetchedAt.toISOString() : undefined,
  };
  return { state: "stored", lote, asked };
}

function inPlainWords(sentence: Sentence): string {
  const plain = sentence.map((words) => {
    if (typeof words === "string") return words;
    return "lote" in words ? `lote ${words.lote}` : Object.values(words)[0];
  });
  return plain.join("");
}

function rowLines({ rows, unselected }: ToldExplanation): string[] {
  if (rows === undefined) return [];
  if (rows.length === 0) {
    const why = unselected.map(({ line, why }) => `line ${line} has it, and does not select it: ${why}`);
    return why.length > 0 ? why : ["no row of the CSV has it"];
  }
  return rows.map(({ line, cells }) => {
    const told = Object.entries(cells).map(([column, cell]) => `${column} ${cell}`);
    return `selected by line ${line}: ${told.join(", ")}`;
  });
}
