import type { Random } from "@lotes/local/sample/random";
import type { Disturbance } from "@lotes/schedules/disturbances";
import type { Call, Fault } from "./faults.ts";

// Answers take different times, so one caller overtakes another between its read and its write.
const SLOW_MS = { min: 20, max: 500 };

/** The disturbances of a schedule, which begins now. */
export class Disturbances {
  /** Calls that met one. */
  met = 0;
  readonly #began = performance.now();
  readonly #random: Random;
  #planned: readonly Disturbance[];

  constructor(planned: readonly Disturbance[], random: Random) {
    this.#planned = planned;
    this.#random = random;
  }

  /** The fault of a call at such a time; undefined at any other. */
  faultOf({ service }: Call): Fault | undefined {
    const at = performance.now() - this.#began;
    const met = this.#planned.find((each) => each.service === service && at >= each.fromMs && at < each.toMs);
    if (met === undefined) return undefined;
    this.met++;
    const { kind } = met;
    return kind === "slow" ? { kind, ms: this.#random.between(SLOW_MS.min, SLOW_MS.max) } : { kind };
  }

  /** From now on there are none. */
  end(): void {
    this.#planned = [];
  }
}
