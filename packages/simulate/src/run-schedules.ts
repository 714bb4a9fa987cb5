import { addCoverage, type Coverage, leastMet, noCoverage, pairOf } from "./coverage.ts";
import { Digest } from "./digest.ts";
import { promiseOf } from "./promise-of.ts";
import type { Focus } from "./simulation.ts";
import type { Broken, Results, ScheduleSpec, Series } from "./thread.ts";
import type { RoundOptions, Threads } from "./threads.ts";

export interface SimulateOptions extends RoundOptions {
  readonly schedules: number;
  /** For how many broken promises the shortest schedule is looked for. */
  readonly stories: number;
  readonly print: (line: string) => void;
  /** What every other schedule looks for; undefined for what was met least. */
  readonly focus?: Focus | undefined;
}

export interface Totals {
  schedules: number;
  broken: number;
  troubles: number;
  deaths: number;
  /** Events of virtual time. */
  events: number;
  readonly coverage: Coverage;
  /** Of all traces, in the order of the schedules; undefined where it was not asked for. */
  digest: string | undefined;
}

// What a round looks for follows from the rounds before it alone, so it is the same for any number of threads.
const ROUND = 1_000;
// One schedule in so many of a round looks for something.
const FOCUSED_ONE_IN = 2;
const SENTENCES_SHOWN = 4;
const LONGEST_SENTENCE = 600;

/** Runs the schedules and tells of each that broke a promise, and how to see it again. */
export async function runSchedules(options: SimulateOptions, threads: Threads): Promise<Totals> {
  const { seed, size, schedules, stories, print } = options;
  const began = performance.now();
  const report = new Report(options);
  print(`seed ${seed}`);
  for (let from = 0; from < schedules && !report.isEnough; from += ROUND) {
    const focuses = options.focus ? [options.focus] : leastMet(report.totals.coverage);
    const round = Array.from({ length: Math.min(ROUND, schedules - from) }, (_, nth) => numbered(from + nth, focuses));
    report.add(await threads.run(round, options));
    print(report.progress(performance.now() - began));
  }
  for (const schedule of report.firsts.slice(0, stories)) {
    const story = await threads.lines({ do: "shrink", seed, size, schedule });
    print(["", commandFor(options, schedule), ...story].join("\n"));
  }
  return report.totals;
}

/** Adds up what became of the schedules. */
class Report {
  readonly totals: Totals;
  readonly #options: SimulateOptions;
  readonly #digest = new Digest();
  readonly #firsts = new Map<string, Broken>();

  constructor(options: SimulateOptions) {
    this.#options = options;
    const none = { schedules: 0, broken: 0, troubles: 0, deaths: 0, events: 0 };
    this.totals = { ...none, coverage: noCoverage(), digest: undefined };
  }

  get isEnough(): boolean {
    return this.#options.untilBroken && this.totals.broken > 0;
  }

  /** The first schedule that broke each promise. */
  get firsts(): Broken[] {
    return [...this.#firsts.values()];
  }

  /** Adds a round, and tells of what was broken in it. */
  add(results: readonly Results[]): void {
    const { totals } = this;
    for (const each of results) {
      totals.schedules += each.schedules;
      totals.broken += each.broken.length;
      totals.troubles += each.troubles;
      totals.deaths += each.deaths;
      totals.events += each.events;
      addCoverage(totals.coverage, each.coverage);
    }
    const digests = results.flatMap((each) => each.digests).sort(([a], [b]) => a - b);
    for (const [, digest] of digests) this.#digest.add(digest);
    if (this.#options.digest) totals.digest = this.#digest.text();
    for (const broken of results.flatMap((each) => each.broken).sort((a, b) => a.index - b.index)) {
      this.#options.print(reportOf(this.#options, broken));
      const promise = promiseOf(broken.wrong[0] ?? "");
      if (!this.#firsts.has(promise)) this.#firsts.set(promise, broken);
    }
  }

  progress(ms: number): string {
    const { schedules, troubles, deaths, broken } = this.totals;
    const rate = (schedules / (ms / 1_000)).toFixed(0);
    const seconds = (ms / 1_000).toFixed(0);
    return `${schedules} schedules, ${troubles} troubles, ${deaths} deaths, ${broken} broken promises, ${seconds} s, ${rate} a second`;
  }
}

function numbered(index: number, focuses: readonly Focus[]): ScheduleSpec {
  const looks = index % FOCUSED_ONE_IN === 0 && focuses.length > 0;
  return { index, focus: looks ? focuses[Math.floor(index / FOCUSED_ONE_IN) % focuses.length] : undefined };
}

function commandFor({ seed, size }: Series, { index, focus }: ScheduleSpec): string {
  return `pnpm simulate --seed ${seed}${size === "usual" ? "" : ` --${size}`} --index ${index}${focus ? ` --focus "${pairOf(focus)}"` : ""}`;
}

function reportOf(series: Series, broken: Broken): string {
  const shown = broken.wrong.slice(0, SENTENCES_SHOWN).map((sentence) => sentence.slice(0, LONGEST_SENTENCE));
  return [`see it again with ${commandFor(series, broken)}`, ...shown].join("\n  ");
}
