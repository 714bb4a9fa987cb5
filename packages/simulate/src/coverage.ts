import type { FaultKind } from "./fault.ts";
import type { Outcome } from "./run-schedule.ts";
import type { Focus } from "./simulation.ts";

type Counts = Map<string, number>;

/** What was met so far: steps, log lines, and each trouble at each step. It is plain data, so that threads can send it. */
export interface Coverage {
  /** How often each step was taken, and each line logged. */
  readonly steps: Counts;
  /** How often each trouble was met at each step: `step: trouble`. */
  readonly pairs: Counts;
}

const DEATHS = ["dies before", "dies after"] as const satisfies readonly FaultKind[];
const ANY_CALL = [
  ...DEATHS,
  "unsent",
  "answer lost",
  "slow",
  "overtaken",
  "throttled",
  "broken",
] as const satisfies readonly FaultKind[];
// A round looks for so many of the pairs that were met least.
const FOCUSED = 50;

export function noCoverage(): Coverage {
  return { steps: new Map(), pairs: new Map() };
}

export function pairOf({ step, trouble }: Focus): string {
  return `${step}: ${trouble}`;
}

export function focusOf(pair: string): Focus {
  const at = pair.lastIndexOf(": ");
  return { step: pair.slice(0, at), trouble: pair.slice(at + 2) };
}

export function addOutcome({ steps, pairs }: Coverage, outcome: Pick<Outcome, "steps" | "deviations">): void {
  for (const [step, count] of outcome.steps) add(steps, step, count);
  for (const deviation of outcome.deviations) add(pairs, pairOf(deviation), 1);
}

export function addCoverage(sum: Coverage, more: Coverage): void {
  for (const [step, count] of more.steps) add(sum.steps, step, count);
  for (const [pair, count] of more.pairs) add(sum.pairs, pair, count);
}

/** The possible pairs of a trouble and a step that were met least. The same coverage gives the same pairs. */
export function leastMet({ steps, pairs }: Coverage): Focus[] {
  const possible = [...steps.keys()]
    .filter(isFunctionsCall)
    .flatMap((step) => troublesAt(step).map((trouble) => ({ step, trouble })));
  return possible
    .map((focus) => ({ focus, pair: pairOf(focus), met: pairs.get(pairOf(focus)) ?? 0 }))
    .sort((a, b) => a.met - b.met || (a.pair < b.pair ? -1 : 1))
    .slice(0, FOCUSED)
    .map(({ focus }) => focus);
}

/** Whether a step is a call of a function. Only these meet troubles. */
export function isFunctionsCall(step: string): boolean {
  return !step.includes(" logs: ") && !step.startsWith("the operator ");
}

/** What can go wrong with a call. */
export function troublesAt(step: string): readonly FaultKind[] {
  if (step.includes("asks TMDB")) return DEATHS;
  if (/ (writes|removes) /.test(step)) return [...ANY_CALL, "conflict"];
  return step.includes(" sends ") ? [...ANY_CALL, "in part"] : ANY_CALL;
}

function add(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
