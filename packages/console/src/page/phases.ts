import type { RunDocument } from "../document.ts";

/** A part of a run's time. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
}

/**
 * Where the time of a run went, from its begin to its end, or to the last lote so far: each instant belongs to one part. The files tell when lotes were worked
 * on, and not what a consumer waited for.
 */
export function phases({ run, lotes }: RunDocument): Phase[] {
  if (run === null || run.status === "rejected") return [];
  const works = lotes.flatMap(({ work }) => (work === null || work.repeated ? [] : [work]));
  if (works.length === 0) return [];
  const begun = Date.parse(run.started_at);
  const first = Math.min(...works.map((work) => Date.parse(work.started_at)));
  const last = Math.max(...works.map((work) => Date.parse(work.ended_at)));
  const end = run.finished_at === null ? last : Math.max(last, Date.parse(run.finished_at));
  const busy = union(works.map((work) => [Date.parse(work.started_at), Date.parse(work.ended_at)]));
  return [
    { name: "the CSV was read and the first lote queued", seconds: (first - begun) / 1000 },
    { name: "lotes were worked on", seconds: busy / 1000 },
    { name: "no lote was worked on", seconds: (last - first - busy) / 1000 },
    { name: "after the last lote, until the last failure was entered", seconds: (end - last) / 1000 },
  ].filter(({ seconds }) => seconds >= 0.05);
}

/** How long at least one of the spans lasts. */
function union(spans: readonly (readonly [from: number, until: number])[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, until] of spans.toSorted((a, b) => a[0] - b[0])) {
    covered += Math.max(0, until - Math.max(from, reached));
    reached = Math.max(reached, until);
  }
  return covered;
}
