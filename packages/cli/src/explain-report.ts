import { basename } from "node:path";
import { type Explanation, type Fate, loteKey, type RunDate, recordLine, type SelectedRow } from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { placesDocument, s3Uri } from "./documents.ts";

export interface ToldExplanation extends Explanation {
  readonly id: string;
  readonly date: RunDate;
  readonly bucket: string;
  /** The rows of the local CSV that select the id; undefined when no CSV was given. */
  readonly rows: readonly SelectedRow[] | undefined;
}

/** For a program. */
export function explanationDocument({ id, date, bucket, run, fate, rows }: ToldExplanation) {
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
    failure,
    asked_from: stored?.work?.startedAt.toISOString() ?? failure?.first_failed_at ?? null,
    asked_until: stored?.work?.endedAt.toISOString() ?? failure?.last_failed_at ?? null,
    attempts: failure?.attempts ?? null,
    rows: rows?.map(({ line, cells }) => ({ line, cells })) ?? null,
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
  switch (fate.state) {
    case "stored": {
      const { lote, record, work } = fate;
      const when =
        work && `its lote was asked for from ${work.startedAt.toISOString()} to ${work.endedAt.toISOString()}`;
      return [
        `stored in ${basename(loteKey(date, lote))}, lote ${lote} of ${run.lotes}`,
        ...(when ? [when] : []),
        recordLine(record),
      ];
    }
    case "failed": {
      const { lote, reason, status, message, attempts, first_failed_at, last_failed_at, retryable } = fate.failure;
      const again = retryable
        ? `${COMMAND} replay --id ${id}`
        : `asking again may not help; ${COMMAND} replay --id ${id} does`;
      return [
        `failed in lote ${lote} of ${run.lotes}: ${reason}${status === null ? "" : `, status ${status}`}: ${message}`,
        `tried ${attempts === 1 ? "once" : `${attempts} times`}, first at ${first_failed_at}, last at ${last_failed_at}`,
        `again: ${again}`,
      ];
    }
    case "open":
    case "unknown":
      return unheardLines(fate, run, date);
    case "never selected":
      return [
        run.status === "rejected"
          ? `never selected: the CSV was rejected: ${run.error}`
          : "never selected: every id of the run is accounted for, and it is none of them",
      ];
  }
}

/** Of an id of which nothing was heard. */
function unheardLines(
  fate: Extract<Fate, { state: "open" | "unknown" }>,
  run: Explanation["run"],
  date: RunDate,
): string[] {
  const place = fate.state === "open" ? `in lote ${fate.lote} of ${run.lotes}, ` : "";
  if (run.status === "cancelled") {
    const never = fate.state === "unknown" ? ", or it was never selected" : "";
    return [`${place}neither stored nor failed: the run was cancelled at ${run.cancelled_at}${never}`];
  }
  const see = `see \`${COMMAND} status --date ${date}\``;
  if (fate.state === "open") return [`${place}neither stored nor failed: ${see}`];
  return [
    `neither stored nor failed, and not every id of the run is: ${see}`,
    "It is still to come, or it was never selected.",
  ];
}

function rowLines({ rows }: ToldExplanation): string[] {
  if (rows === undefined) return [];
  if (rows.length === 0) return ["no row of the CSV selects it"];
  return rows.map(({ line, cells }) => {
    const told = Object.entries(cells).map(([column, cell]) => `${column} ${cell}`);
    return `selected by line ${line}: ${told.join(", ")}`;
  });
}
