import type { Schedule } from "@lotes/schedules/schedule";
import { runSchedule } from "./run-schedule.ts";
import type { Shrunk } from "./shrink.ts";

const LONGEST_LINE = 240;
const LONGEST_ROW = 60;
const MOST_ROWS = 8;
// A longer story leaves out the calls that went well.
const MOST_LINES = 150;

/** A schedule that breaks a promise, as a person can read it: what is given, what happens, what is broken. */
export async function storyOf({ schedule, planned, wrong, runs }: Shrunk): Promise<string[]> {
  const lines: string[] = [];
  await runSchedule({ schedule, planned, trace: (line) => lines.push(line) });
  const calm = lines.findIndex((line) => line.endsWith("all is well from now on"));
  const told = lines.length > MOST_LINES ? lines.filter((line) => !/: done$/.test(line)) : lines;
  return [
    `What is left of it after ${runs} shorter ones were tried:`,
    ...givenOf(schedule).map((line) => `  ${line}`),
    ...planned.map(({ atMs, step, trouble }) => `  goes wrong at ${(atMs / 1_000).toFixed(3)} s: ${step}: ${trouble}`),
    calm < 0 ? "Until it broke (seconds):" : "What happens (seconds):",
    ...told.slice(0, MOST_LINES).map((line) => line.slice(0, LONGEST_LINE)),
    ...(told.length > MOST_LINES ? [`  … and ${told.length - MOST_LINES} lines more`] : []),
    "What is broken:",
    ...wrong.map((sentence) => `  ${sentence.slice(0, 600)}`),
  ];
}

function givenOf(schedule: Schedule): string[] {
  const { uploads, operator, cancels, strangers, tmdb, disturbances, clockSteps, freezes, store } = schedule;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(3)} s`;
  return [
    `lotes of ${schedule.loteSize}, ${schedule.requestsPerSecond} requests per second, ${schedule.consumers} consumers, functions of ${seconds(schedule.functionMs)}`,
    ...uploads.map(({ atMs, date, csv, events }) => {
      const rows = csv
        .split("\n")
        .slice(1)
        .filter((row) => row !== "");
      const shown =
        rows.length > MOST_ROWS ? `${rows.length} rows` : rows.map((row) => row.slice(0, LONGEST_ROW)).join(" ; ");
      return `at ${seconds(atMs)} a CSV for ${date} with ${shown}, told ${events} times`;
    }),
    ...operator.map(({ atMs, does, date }) => `at ${seconds(atMs)} the operator does ${does} of ${date}`),
    ...cancels.map(({ atMs, date }) => `at ${seconds(atMs)} the operator cancels the run of ${date}`),
    ...strangers.map(({ queue, body }) => `a stranger sends ${body.length} characters to ${queue}`),
    ...tmdb.map((rule) => `TMDB: ${JSON.stringify(rule)}`),
    ...disturbances.map(
      ({ service, kind, fromMs, toMs }) => `${service} is ${kind} from ${seconds(fromMs)} to ${seconds(toMs)}`,
    ),
    ...clockSteps.map(({ atMs, byMs }) => `at ${seconds(atMs)} the wall clock steps by ${seconds(byMs)}`),
    ...(freezes ? ["environments are frozen between two invocations"] : []),
    ...(store ? [`the store: ${JSON.stringify(store)}`] : []),
  ];
}
