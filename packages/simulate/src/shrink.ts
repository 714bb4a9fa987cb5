import type { Schedule, Upload } from "@lotes/schedules/schedule";
import type { Deviation } from "./choices.ts";
import { promiseOf } from "./promise-of.ts";
import type { Outcome } from "./run-schedule.ts";
import type { Focus, SimulationOptions } from "./simulation.ts";

/** Runs a schedule in virtual time. */
export type Run = (options: SimulationOptions) => Promise<Pick<Outcome, "wrong" | "deviations">>;

/** A schedule, and what goes wrong in it. */
export interface Trial {
  readonly schedule: Schedule;
  readonly planned: readonly Deviation[];
}

export interface Shrunk extends Trial {
  readonly wrong: readonly string[];
  /** How many schedules were run for it. */
  readonly runs: number;
}

// Ten seconds or so.
const MOST_RUNS = 800;

/** Shortens a schedule that breaks a promise, as long as it breaks the same one. */
export class Shrinker {
  #best: Trial;
  #wrong: readonly string[];
  #runs = 0;
  readonly #promise: string;

  readonly #run: Run;

  private constructor(best: Trial, wrong: readonly string[], run: Run) {
    this.#run = run;
    this.#best = best;
    this.#wrong = wrong;
    this.#promise = promiseOf(wrong[0] ?? "");
  }

  /** @returns undefined when the schedule breaks no promise */
  static async shrink(schedule: Schedule, focus: Focus | undefined, run: Run): Promise<Shrunk | undefined> {
    const { wrong, deviations } = await run({ schedule, focus });
    if (wrong.length === 0) return undefined;
    const shrinker = new Shrinker({ schedule, planned: deviations }, wrong, run);
    await shrinker.#shrink();
    return { ...shrinker.#best, wrong: shrinker.#wrong, runs: shrinker.#runs };
  }

  async #shrink(): Promise<void> {
    for (let before = -1; before !== sizeOf(this.#best) && this.#runs < MOST_RUNS; ) {
      before = sizeOf(this.#best);
      await this.#less(
        (trial) => trial.planned,
        (planned, trial) => ({ ...trial, planned }),
      );
      for (const list of LISTS) {
        await this.#less(
          ({ schedule }) => schedule[list] as readonly unknown[],
          (left, trial) => ({ ...trial, schedule: { ...trial.schedule, [list]: left } }),
        );
      }
      for (const plain of PLAINER) await this.#try({ ...this.#best, schedule: { ...this.#best.schedule, ...plain } });
      for (let nth = 0; nth < this.#best.schedule.uploads.length; nth++) await this.#shrinkUpload(nth);
    }
  }

  async #shrinkUpload(nth: number): Promise<void> {
    const changed = (change: (upload: Upload) => Upload) => (trial: Trial) => ({
      ...trial,
      schedule: {
        ...trial.schedule,
        uploads: trial.schedule.uploads.map((each, at) => (at === nth ? change(each) : each)),
      },
    });
    for (const plain of [{ events: 1 }, { eventGapMs: 0 }, { forced: false }]) {
      await this.#try(changed((upload) => ({ ...upload, ...plain }))(this.#best));
    }
    const rows = ({ schedule }: Trial) => schedule.uploads[nth]?.csv.split("\n").slice(1) ?? [];
    await this.#less(rows, (left, trial) =>
      changed((upload) => ({ ...upload, csv: [upload.csv.split("\n")[0], ...left].join("\n") }))(trial),
    );
  }

  /** Leaves out parts of a list: halves, then quarters, and so on to each by itself. */
  async #less<T>(
    listOf: (trial: Trial) => readonly T[],
    withList: (list: readonly T[], trial: Trial) => Trial,
  ): Promise<void> {
    for (let size = listOf(this.#best).length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < listOf(this.#best).length; ) {
        const left = listOf(this.#best).toSpliced(at, size);
        if (!(await this.#try(withList(left, this.#best)))) at += size;
      }
    }
  }

  /** Keeps the trial as the best one, if it breaks the same promise. */
  async #try(trial: Trial): Promise<boolean> {
    if (trial.schedule.uploads.length === 0 || this.#runs >= MOST_RUNS) return false;
    if (JSON.stringify(trial) === JSON.stringify(this.#best)) return false;
    this.#runs++;
    const { wrong } = await this.#run(trial);
    const same = wrong.filter((sentence) => promiseOf(sentence) === this.#promise);
    if (same.length === 0) return false;
    this.#best = trial;
    this.#wrong = same;
    return true;
  }
}

const LISTS = ["uploads", "operator", "cancels", "strangers", "tmdb", "disturbances", "clockSteps"] as const;

const NO_TIME = { min: 0, max: 0 };

/** Values that are simpler than any other. */
const PLAINER: readonly Partial<Schedule>[] = [
  { freezes: undefined },
  { store: undefined },
  { warmConsumers: 0 },
  { nextEnvironment: "most recent" },
  { consumers: 2 },
  { collectors: 1 },
  { tmdbWayMs: NO_TIME },
  { tmdbLatencyMs: NO_TIME },
];

function sizeOf(trial: Trial): number {
  return JSON.stringify(trial).length;
}
