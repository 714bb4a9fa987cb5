import type { Disturbance } from "@lotes/schedules/disturbances";
import { type Call, drawSlow, type Fault } from "./fault.ts";
import type { Simulation } from "./simulation.ts";

// Trouble seldom comes alone: S3 goes out when a write has missed another process, or when a process is about to take back what it has written, until SQS has given
// up what was under way, or not so long. Every other time it is out for the function of that process only.
const OUTAGE_ONE_IN = 3;
const OUTAGE_MS = [3_000, 12_000];
const ONE_FUNCTIONS_OUTAGE_ONE_IN = 2;

/** The function whose step it is, as its steps begin. */
function roleIn(step: string): string {
  return step.split(" ", 2).join(" ");
}

/** A time in which a service is out, or slow. */
interface Outage extends Disturbance {
  /** How the steps of the function begin that it befalls; undefined where it befalls all. */
  readonly role?: string | undefined;
}

/** When services are out, or slow. */
export class Outages {
  readonly #simulation: Simulation;
  readonly #outages: Outage[];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#outages = [...simulation.schedule.disturbances];
  }

  /** Lets S3 go out from now on, if it is to. */
  begin(key: string, step: string): void {
    const { choices, time } = this.#simulation;
    const draw = () => {
      if (!choices.oneIn(`${key} outage`, OUTAGE_ONE_IN)) return undefined;
      const isOfOne = choices.oneIn(`${key} outage of one`, ONE_FUNCTIONS_OUTAGE_ONE_IN);
      return { ms: choices.pick(`${key} outage for`, OUTAGE_MS), role: isOfOne ? roleIn(step) : undefined };
    };
    const outage = choices.deviation({ key: `${key} outage`, step, atMs: time.now }, draw, () => "outage");
    if (outage === undefined) return;
    const { ms, role } = outage;
    this.#outages.push({ service: "s3", kind: "unsent", fromMs: time.now, toMs: time.now + ms, role });
  }

  /** The fault of a call, if it falls into an outage. */
  faultOf(key: string, step: string, { service }: Call): Fault | undefined {
    const { choices, time } = this.#simulation;
    const met = this.#outages.find(
      ({ role = "", ...each }) =>
        each.service === service && step.startsWith(role) && time.now >= each.fromMs && time.now < each.toMs,
    );
    if (met === undefined) return undefined;
    const { kind } = met;
    return kind === "slow" ? drawSlow(key, choices) : { kind };
  }
}
