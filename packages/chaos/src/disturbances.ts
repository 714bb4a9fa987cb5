import type { Call, Fate } from "./fates.ts";

/** A time in which a service is out, or slow, for all that call it. */
export interface Disturbance {
  readonly service: "s3" | "sqs";
  /** From the beginning of the schedule, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What its callers see of it. */
  readonly fate: Fate;
}

/** The disturbances of a schedule, which begins now. */
export class Disturbances {
  /** Calls that met one. */
  met = 0;
  readonly #began = performance.now();
  #planned: readonly Disturbance[];

  constructor(planned: readonly Disturbance[]) {
    this.#planned = planned;
  }

  /** What becomes of a call at such a time; undefined at any other. */
  fateOf({ service }: Call): Fate | undefined {
    const at = performance.now() - this.#began;
    const met = this.#planned.find((each) => each.service === service && at >= each.fromMs && at < each.toMs);
    if (met !== undefined) this.met++;
    return met?.fate;
  }

  /** From now on there are none. */
  end(): void {
    this.#planned = [];
  }
}
