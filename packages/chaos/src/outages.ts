import type { Call, Fate } from "./fates.ts";

/** A time in which a service answers nobody. */
export interface Outage {
  readonly service: "s3" | "sqs";
  /** From the beginning of the schedule, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What its callers see of it. */
  readonly fate: { readonly kind: "throttled" | "broken" | "unsent" };
}

/** The outages of a schedule, which begins now. */
export class Outages {
  /** Calls that met one. */
  met = 0;
  readonly #began = performance.now();
  #planned: readonly Outage[];

  constructor(planned: readonly Outage[]) {
    this.#planned = planned;
  }

  /** What becomes of a call, if its service is out. */
  fateOf({ service }: Call): Fate | undefined {
    const at = performance.now() - this.#began;
    const outage = this.#planned.find((each) => each.service === service && at >= each.fromMs && at < each.toMs);
    if (outage !== undefined) this.met++;
    return outage?.fate;
  }

  /** From now on there are none. */
  end(): void {
    this.#planned = [];
  }
}
