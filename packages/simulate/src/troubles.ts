import { CALL_TIMEOUTS } from "@lotes/aws";
import { type Call, drawSlow, type Fault, type FaultKind } from "./fault.ts";
import { Outages } from "./outages.ts";
import { drawOthers, RIVALRY } from "./overtaking.ts";
import type { Process } from "./process.ts";
import type { Simulation } from "./simulation.ts";

const LONGEST_STREAK = 4;
const TMDB_DEATH_ONE_IN = 60;
const PRODUCER_DEATH_ONE_IN = 10;
// A run that is sent in part stands for long.
const SENDING_PRODUCER_DEATH_ONE_IN = { anywhere: 3, "when they send": 2 };
const DEATHS = ["dies before", "dies after"] as const;
const FOCUS_ONE_IN = 2;
// A write of one that meets another process, or that is to miss others, is overtaken in one case of so many.
const MET_OVERTAKEN_ONE_IN = 2;
const MISSING_ONE_IN = 1.5;
// One at a time: were all consumers to wait, nobody would be left to be a rival.
const RIVALRY_ONE_IN = 1.5;
const MISSING = /^writes (the ledger|a part of the ledger)$/;
// To be overtaken is no failure, so it goes on when nothing else goes wrong: for one call in so many, and so often at the most.
const OVERTAKEN_ONE_IN = 8;
const MOST_OVERTAKEN = 40;
// An invocation seldom comes back to what it has written. One time in so many its look or its removal is answered only when another process has changed the object.
const COMING_BACK_ONE_IN = 2;
// Answers that are late by others' work are no failures, and use nothing up of what may go wrong. So many come at the most: were there no end, an invocation with
// many looks would never be done in its time.
const MOST_LATE = 400;
/** How long a process waits for a lost answer at the most: the timeout of a call. */
export const CALL_MS = CALL_TIMEOUTS.requestHandler.requestTimeout;
const LOST_AFTER_MS = [0, 300, CALL_MS, "changed", "changed"] as const;

/** The answer to a look, or a removal's, that comes when another process has changed the object. */
function changedMeanwhile({ conditional }: Call): Fault {
  if (conditional) return { kind: "answer lost", afterMs: "changed" };
  return { kind: "overtaken", others: { which: "changes", calls: 1 } };
}

/** Says what goes wrong with a process's calls. */
export type Faults = Pick<Troubles, "faultOf">;

/** Draws the faults of the calls of a schedule's functions. */
export class Troubles {
  /** Calls and other things that went wrong. */
  met = 0;
  readonly #simulation: Simulation;
  readonly #calls = new Map<Process, number>();
  readonly #streaks = new Map<Process, { readonly kind: FaultKind; left: number }>();
  readonly #outages: Outages;
  #left: number;
  /** Whether all is well. */
  isCalm = false;
  #overtaken = 0;
  #late = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#outages = new Outages(simulation);
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
    if (!this.isCalm && (call.hasMissed || (call.comesBack && call.conditional))) this.#outages.begin(key, step);
    const isComingBack = this.#isComingBack(key, call);
    const outage = isComingBack || this.isCalm ? undefined : this.#outages.faultOf(key, step, call);
    if (outage !== undefined) {
      this.met++;
      return outage;
    }
    const draw = () => (isComingBack ? changedMeanwhile(call) : this.#draw(key, process, step, call));
    const fault = choices.deviation<Fault>({ key, step, atMs: time.now }, draw, ({ kind }) => kind);
    if (isComingBack || fault?.kind === "overtaken") this.#late++;
    if (fault?.kind === "overtaken") this.met++;
    else if (fault) this.meet();
    return fault;
  }

  /** Whether a process is to come back to an object just when another one changes it. */
  #isComingBack(key: string, { comesBack }: Call): boolean {
    const { choices, schedule } = this.#simulation;
    if (!comesBack || this.isCalm || schedule.troubles === 0 || this.#late >= MOST_LATE) return false;
    return choices.oneIn(`${key} comes back`, COMING_BACK_ONE_IN);
  }

  #draw(key: string, process: Process, step: string, call: Call): Fault | undefined {
    if (this.#isOvertaken(key, step, call)) return this.#fault(key, "overtaken", call);
    const kind = this.areOver ? undefined : this.#kind(key, process, step, call);
    if (kind === "overtaken" && this.#late >= MOST_LATE) return undefined;
    return kind && this.#fault(key, kind, call);
  }

  /** What goes wrong with a call while something may. */
  #kind(key: string, process: Process, step: string, { service }: Call): FaultKind | undefined {
    const { choices, focus } = this.#simulation;
    if (focus?.step === step && choices.oneIn(`${key} focus`, FOCUS_ONE_IN)) return focus.trouble as FaultKind;
    const oneIn = this.#deathOneIn(step, service);
    if (oneIn !== undefined && choices.oneIn(`${key} dies`, oneIn)) return choices.pick(`${key} death`, DEATHS);
    return service === "tmdb" ? undefined : this.#kindOfStreak(key, process);
  }

  /** How rarely a process dies at a call for its own reasons. */
  #deathOneIn(step: string, service: Call["service"]): number | undefined {
    if (service === "tmdb") return TMDB_DEATH_ONE_IN;
    const { producersDie } = this.#simulation.swarm;
    if (producersDie === undefined || !step.startsWith("the producer ")) return undefined;
    if (service === "sqs") return SENDING_PRODUCER_DEATH_ONE_IN[producersDie];
    return producersDie === "anywhere" ? PRODUCER_DEATH_ONE_IN : undefined;
  }

  /** What goes on going wrong, or goes wrong anew. */
  #kindOfStreak(key: string, process: Process): FaultKind | undefined {
    const { choices, schedule, swarm } = this.#simulation;
    const streak = this.#streaks.get(process);
    if (streak && streak.left-- > 0) return streak.kind;
    this.#streaks.delete(process);
    if (!choices.oneIn(key, schedule.troubleOneIn)) return undefined;
    const kind = choices.pick(`${key} kind`, swarm.kinds);
    const lasts = kind === "throttled" || kind === "broken" || kind === "unsent";
    if (lasts && choices.oneIn(`${key} streak`, 2)) {
      this.#streaks.set(process, { kind, left: choices.between(`${key} streak's length`, 1, LONGEST_STREAK) });
    }
    return kind;
  }

  #fault(key: string, kind: FaultKind, call: Call): Fault | undefined {
    if ((kind === "conflict" && !call.conditional) || (kind === "in part" && !call.batch)) return undefined;
    const { choices } = this.#simulation;
    switch (kind) {
      case "slow":
        return drawSlow(key, choices);
      case "overtaken":
        return { kind, others: drawOthers(key, call, choices, this.#simulation.swarm) };
      case "answer lost":
        return { kind, afterMs: choices.pick(`${key} lost`, LOST_AFTER_MS) };
      default:
        return { kind };
    }
  }

  /** Whether a call is overtaken, beside what else may go wrong, or when nothing else does any more. */
  #isOvertaken(key: string, step: string, call: Call): boolean {
    const { choices, schedule } = this.#simulation;
    if (call.service === "tmdb" || this.#overtaken === MOST_OVERTAKEN || schedule.troubles === 0) return false;
    const oneIn = this.#overtakenOneIn(step, call);
    if (oneIn === undefined || !choices.oneIn(`${key} overtaken`, oneIn)) return false;
    this.#overtaken++;
    return true;
  }

  #overtakenOneIn(step: string, { conditional, isMet, does }: Call): number | undefined {
    const { focus, swarm, heldAnswers } = this.#simulation;
    if (conditional && isMet) return MET_OVERTAKEN_ONE_IN;
    if (swarm.misses && MISSING.test(does)) return MISSING_ONE_IN;
    if (swarm.hasRivals && does === RIVALRY) return heldAnswers.awaitsRival ? undefined : RIVALRY_ONE_IN;
    if (!this.areOver) return undefined;
    return focus?.trouble === "overtaken" && focus.step === step ? FOCUS_ONE_IN : OVERTAKEN_ONE_IN;
  }
}
