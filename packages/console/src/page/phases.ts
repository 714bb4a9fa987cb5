import type { RunDocument, TimesPart } from "../document.ts";

/** A part of a run's time. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
}

/** Where the time of a run went, from its begin to its end, or to the last lote so far: each instant belongs to one part. */
export function phases({ run, lotes }: RunDocument): Phase[] {
  if (run === null || run.status === "rejected") return [];
  const works = lotes.flatMap(({ work }) => (work === null || work.repeated ? [] : [work]));
  if (works.length === 0) return [];
  const begun = Date.parse(run.started_at);
  const first = works.reduce((least, work) => Math.min(least, Date.parse(work.started_at)), Number.POSITIVE_INFINITY);
  const last = works.reduce((most, work) => Math.max(most, Date.parse(work.ended_at)), Number.NEGATIVE_INFINITY);
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

/** What the consumers waited for, over all lotes of which that was kept. */
export interface ConsumerTime {
  readonly parts: readonly Phase[];
  /** How long a lote waited in the queue before. */
  readonly queueSeconds: { readonly mean: number; readonly most: number };
}

const WAITS: readonly [kind: Exclude<keyof TimesPart, "queue">, name: string][] = [
  ["limiter", "limiter: for a turn in TMDB's budget"],
  ["tmdb", "TMDB: for its answers"],
  ["pause", "pauses: after a 429, or before asking again"],
  ["s3", "S3: reading and writing"],
];

/** @returns undefined when no lote tells */
export function consumerTime({ lotes }: Pick<RunDocument, "lotes">): ConsumerTime | undefined {
  const told = lotes.flatMap(({ work }) => (work?.times ? [work.times] : []));
  if (told.length === 0) return undefined;
  const sum = (kind: keyof TimesPart) => told.reduce((total, times) => total + times[kind], 0) / 1000;
  const most = told.reduce((longest, { queue }) => Math.max(longest, queue), 0) / 1000;
  return {
    parts: WAITS.map(([kind, name]) => ({ name, seconds: sum(kind) })),
    queueSeconds: { mean: sum("queue") / told.length, most },
  };
}
