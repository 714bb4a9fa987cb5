import type { Schedule } from "@lotes/schedules/schedule";
import { Choices, type Deviation } from "./choices.ts";
import { HeldAnswers } from "./held-answers.ts";
import { Process } from "./process.ts";
import { type Swarm, swarmOf } from "./swarm.ts";
import { VirtualTime } from "./virtual-time.ts";

/** A trouble that is to be met at a step, wherever it can be. */
export interface Focus {
  readonly step: string;
  readonly trouble: string;
}

export interface SimulationOptions {
  readonly schedule: Schedule;
  /** Everything that may go wrong beside what the schedule says; undefined to let chance decide. */
  readonly planned?: readonly Deviation[] | undefined;
  readonly focus?: Focus | undefined;
  /** Called with a line for everything that happens. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** What all parts of one simulated schedule share. */
export class Simulation {
  readonly schedule: Schedule;
  readonly focus: Focus | undefined;
  readonly time = new VirtualTime();
  readonly choices: Choices;
  readonly swarm: Swarm;
  readonly heldAnswers = new HeldAnswers(this.time);
  /** How often each step was taken, and which log lines were written. */
  readonly steps = new Map<string, number>();
  /** All that was logged. */
  readonly output: string[] = [];
  readonly #trace: SimulationOptions["trace"];
  #processes = 0;

  constructor({ schedule, planned, focus, trace }: SimulationOptions, seed: number) {
    this.schedule = schedule;
    this.focus = focus;
    this.choices = new Choices(seed, planned);
    this.swarm = swarmOf(this.choices, hasSameCsv(schedule));
    this.#trace = trace;
  }

  process(name: string): Process {
    const nth = ++this.#processes;
    return new Process({
      name: `${name} ${nth}`,
      time: this.time,
      clockAheadMs: () => this.#clockAheadMs(),
      random: this.choices.stream(`random ${name} ${nth}`),
    });
  }

  /** Adds a line to the trace, if there is one. */
  trace(what: () => string): void {
    this.#trace?.(`${(this.time.now / 1_000).toFixed(6).padStart(12)}  ${what()}`);
  }

  count(step: string): void {
    this.steps.set(step, (this.steps.get(step) ?? 0) + 1);
  }

  #clockAheadMs(): number {
    const { now } = this.time;
    return this.schedule.clockSteps.reduce((ahead, { atMs, byMs }) => (atMs <= now ? ahead + byMs : ahead), 0);
  }
}

/** Whether a date gets one CSV twice, one after the other. */
function hasSameCsv({ uploads }: Schedule): boolean {
  const ofDates = Map.groupBy(uploads, ({ date }) => date).values();
  return ofDates.some((ofDate) => ofDate.some(({ csv }, nth) => csv === ofDate[nth - 1]?.csv));
}
