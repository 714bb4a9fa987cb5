import { type Account, countForeignMessages, idsLeft, type RunDate, type Trouble } from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { accountEquation, formatDuration, formatInstant, formatNumber, oddRowsText, plural } from "./output.ts";
import { reasonLines } from "./reasons.ts";

export interface StatusText {
  readonly account: Account;
  readonly date: RunDate;
  /** The stage, or where the local stack is. */
  readonly place: string;
  readonly troubles: readonly Trouble[];
  /** Requests per second, to estimate by. */
  readonly budget: number;
  readonly now: Date;
}

/** How far a run is, for people. */
export function statusLines({ account, date, place, troubles, budget, now }: StatusText): string[] {
  const { run, stored, failures, cancelled, lotesDone, malformedMessages, settled } = account;
  const left = idsLeft(account);
  const line = (name: string, value: string, rest = "") =>
    `  ${name.padEnd(9)}${value.padStart(10)}   ${rest}`.trimEnd();
  const strangers = `  Besides, ${plural(countForeignMessages(malformedMessages), "message")} of another program came to the queues: see \`${COMMAND} errors\``;
  return [
    "",
    `Run ${run.run} of ${date}, ${settled ? "finished" : run.status}`,
    `on ${place}`,
    "",
    line("rows", formatNumber(run.rows), oddRowsText(run)),
    line("lotes", `${formatNumber(lotesDone)}/${formatNumber(run.lotes)}`),
    line("stored", formatNumber(stored)),
    line("failed", formatNumber(failures.length)),
    ...reasonLines(account),
    ...(run.status === "cancelled" ? [line("cancelled", formatNumber(cancelled))] : []),
    line(
      "left",
      formatNumber(left),
      left > 0 ? `some ${formatDuration(left / budget)} at ${budget} requests a second` : "",
    ),
    "",
    ...times(account, now),
    "",
    `  ${accountEquation(run.ids, stored, failures.length, cancelled)}`,
    ...(malformedMessages.length > 0 ? [strangers] : []),
    ...troubleLines(troubles),
    "",
  ];
}

/** Each trouble on a line of its own, after an empty one. */
export function troubleLines(troubles: readonly Trouble[]): string[] {
  return troubles.length === 0 ? [] : ["", ...troubles.map(({ message }) => `! ${message}`)];
}

function times({ run, finishedAt }: Account, now: Date): string[] {
  const instants: [string, Date | undefined][] = [
    ["started", new Date(run.started_at)],
    ["queued", run.queued_at === null ? undefined : new Date(run.queued_at)],
    ["finished", finishedAt],
  ];
  return instants.flatMap(([name, instant]) =>
    instant === undefined ? [] : [`  ${name.padEnd(10)}${formatInstant(instant, now)}`],
  );
}
