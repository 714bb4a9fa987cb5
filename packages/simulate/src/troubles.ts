import { CALL_TIMEOUTS } from "@lotes/aws";
import { weighted } from "@lotes/local/sample/random";
import type { Others } from "./held-answers.ts";
import { drawOthers } from "./overtaking.ts";
import type { Process } from "./process.ts";
import type { Simulation } from "./simulation.ts";

/** What goes wrong with one call over the network. */
export type Fault =
  /** The process dies as it is about to send it, or with the answer on its way. */
  | { readonly kind: "dies before" | "dies after" }
  /** The connection breaks before the service has the call, or after it has done it. */
  | { readonly kind: "unsent" }
  /** The service has done the call, and its answer is lost. The process learns of that so much later, or when another one has changed the same object. */
  | { readonly kind: "answer lost"; readonly afterMs: number | "changed" }
  | { readonly kind: "slow"; readonly ms: number }
  /** Its answer, or a write itself, comes when other processes have done something. */
  | { readonly kind: "overtaken"; readonly others: Others }
  /** The service answers with an error: throttled, broken, or (a conditional write) in conflict with another one. */
  | { readonly kind: "throttled" | "broken" | "conflict" }
  /** SQS takes a part of the batch. */
  | { readonly kind: "in part" };

export type FaultKind = Fault["kind"];

export interface Call {
  readonly service: "s3" | "sqs" | "tmdb";
  /** What it is for, as in "reads the run file". */
  readonly does: string;
  /** The key in S3, or the beginning of the keys that are listed. */
  readonly key?: string | undefined;
  readonly conditional?: boolean;
  readonly batch?: boolean;
  /** Whether its process meets another one that is at work on the same object. */
  readonly isMet?: boolean;
  /** Whether its invocation has written the object, and looks at it or removes it for the first time since. */
  readonly comesBack?: boolean;
}

const KINDS = weighted<FaultKind>([
  ["dies before", 3],
  ["dies after", 3],
  ["unsent", 2],
  ["answer lost", 4],
  ["slow", 4],
  ["overtaken", 4],
  ["throttled", 2],
  ["broken", 2],
  ["conflict", 3],
  ["in part", 3],
]);
const LONGEST_STREAK = 4;
const TMDB_DEATH_ONE_IN = 60;
const FOCUS_ONE_IN = 2;
const SLOW_MS = { least: 20, most: 500 };
// To be overtaken is no failure, so it goes on when nothing else goes wrong: for one call in so many (a write of one that meets another, in fewer), and so often at the most.
const OVERTAKEN_ONE_IN = 8;
const MET_OVERTAKEN_ONE_IN = 2;
const MOST_OVERTAKEN = 40;
// An invocation seldom comes back to what it has written. One time in so many its look or its removal is answered only when another process has changed the object.
const COMING_BACK_ONE_IN = 2;
/** How long a process waits for a lost answer at the most: the timeout of a call. */
export const CALL_MS = CALL_TIMEOUTS.requestHandler.requestTimeout;
const LOST_AFTER_MS = [0, 300, CALL_MS, "changed", "changed"] as const;

/** The answer to a look, or a removal's, that comes when another process has changed the object. */
function changedMeanwhile({ conditional }: Call): Fault {
  if (conditional) return { kind: "answer lost", afterMs: "changed" };
  return { kind: "overtaken", others: { which: "changes", calls: 1 } };
}

/** Draws the faults of the calls of a schedule's functions. */
export class Troubles {
  /** Calls and other things that went wrong. */
  met = 0;
  readonly #simulation: Simulation;
  readonly #calls = new Map<Process, number>();
  readonly #streaks = new Map<Process, { readonly kind: FaultKind; left: number }>();
  #left: number;
  /** Whether all is well. */
  isCalm = false;
  #overtaken = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#left = simulation.schedule.troubles;
  }

  get areOver(): boolean {
    return this.#left <= 0;
  }

  /** From now on all goes well, but for answers that are overtaken. */
  end(): void {
    this.#left = 0;
    this.isCalm = true;
  }

  meet(): void {
    this.met++;
    this.#left--;
  }

  /** The fault of the next call of a process; undefined when it goes well. */
  faultOf(process: Process, step: string, call: Call): Fault | undefined {
    const { choices, time } = this.#simulation;
    const nth = (this.#calls.get(process) ?? 0) + 1;
    this.#calls.set(process, nth);
    const key = `${process.name} call ${nth}`;
    const isComingBack = this.#isComingBack(key, call);
    const disturbed = isComingBack ? undefined : this.#disturbance(key, call);
    if (disturbed) return disturbed;
    const draw = () => {
      if (isComingBack) return changedMeanwhile(call);
      return this.areOver ? this.#drawOvertaken(key, step, call) : this.#draw(key, process, step, call);
    };
    const fault = choices.deviation<Fault>({ key, step, atMs: time.now }, draw, ({ kind }) => kind);
    // To be overtaken is no failure, and uses nothing up of what may go wrong.
    if (fault?.kind === "overtaken") this.met++;
    else if (fault) this.meet();
    return fault;
  }

  #disturbance(key: string, { service }: Call): Fault | undefined {
    if (this.isCalm) return undefined;
    const { choices, schedule, time } = this.#simulation;
    const met = schedule.disturbances.find(
      (each) => each.service === service && time.now >= each.fromMs && time.now < each.toMs,
    );
    if (met === undefined) return undefined;
    this.met++;
    const { kind } = met;
    return kind === "slow" ? { kind, ms: choices.between(`${key} slow`, SLOW_MS.least, SLOW_MS.most) } : { kind };
  }

  /** Whether a process is to come back to an object just when another one changes it. */
  #isComingBack(key: string, { comesBack }: Call): boolean {
    const { choices, schedule } = this.#simulation;
    if (!comesBack || this.isCalm || schedule.troubles === 0) return false;
    return choices.oneIn(`${key} comes back`, COMING_BACK_ONE_IN);
  }

  #draw(key: string, process: Process, step: string, call: Call): Fault | undefined {
    const { choices, schedule, focus } = this.#simulation;
    if (focus?.step === step && choices.oneIn(`${key} focus`, FOCUS_ONE_IN)) {
      return this.#fault(key, focus.trouble as FaultKind, call);
    }
    if (call.service === "tmdb") {
      if (!choices.oneIn(key, TMDB_DEATH_ONE_IN)) return undefined;
      return { kind: choices.pick(`${key} kind`, ["dies before", "dies after"]) };
    }
    if (call.isMet && call.conditional && choices.oneIn(`${key} met`, MET_OVERTAKEN_ONE_IN)) {
      return this.#fault(key, "overtaken", call);
    }
    const streak = this.#streaks.get(process);
    if (streak && streak.left-- > 0) return this.#fault(key, streak.kind, call);
    this.#streaks.delete(process);
    if (!choices.oneIn(key, schedule.troubleOneIn)) return undefined;
    const kind = choices.pick(`${key} kind`, KINDS);
    const lasts = kind === "throttled" || kind === "broken" || kind === "unsent";
    if (lasts && choices.oneIn(`${key} streak`, 2)) {
      this.#streaks.set(process, { kind, left: choices.between(`${key} streak's length`, 1, LONGEST_STREAK) });
    }
    return this.#fault(key, kind, call);
  }

  #fault(key: string, kind: FaultKind, call: Call): Fault | undefined {
    if ((kind === "conflict" && !call.conditional) || (kind === "in part" && !call.batch)) return undefined;
    const { choices } = this.#simulation;
    switch (kind) {
      case "slow":
        return { kind, ms: choices.between(`${key} slow`, SLOW_MS.least, SLOW_MS.most) };
      case "overtaken":
        return { kind, others: drawOthers(key, call, choices) };
      case "answer lost":
        return { kind, afterMs: choices.pick(`${key} lost`, LOST_AFTER_MS) };
      default:
        return { kind };
    }
  }

  /** What is drawn when nothing else goes wrong any more. */
  #drawOvertaken(key: string, step: string, call: Call): Fault | undefined {
    const { choices, schedule, focus } = this.#simulation;
    if (call.service === "tmdb" || this.#overtaken === MOST_OVERTAKEN || schedule.troubles === 0) return undefined;
    const isFocus = focus?.trouble === "overtaken" && focus.step === step;
    const oneIn = call.isMet && call.conditional ? MET_OVERTAKEN_ONE_IN : OVERTAKEN_ONE_IN;
    if (!choices.oneIn(key, isFocus ? FOCUS_ONE_IN : oneIn)) return undefined;
    this.#overtaken++;
    return { kind: "overtaken", others: drawOthers(key, call, choices) };
  }
}
