import type { S3ObjectStore } from "@lotes/aws";
import { gatherLedger, ledgerPartPrefix } from "@lotes/core";
import type { Call, Fault } from "./fault.ts";
import type { Process } from "./process.ts";
import { ServiceCalls } from "./service-calls.ts";
import type { Simulation } from "./simulation.ts";
import type { World } from "./world.ts";

// In one schedule of so many somebody can't wait for the ledger of a date to be put together, until so long after the last upload at the latest.
const GATHERS_ONE_IN = 3;
const LATEST_GATHERING_MS = 6_000;
// Every other list that this takes is answered when what is listed has changed.
const LIST_OVERTAKEN_ONE_IN = 2;
const MOST_WRITES = 3;
// Some take the files once, and some whenever a part was written.
const TIMES = [1, 1, 10];

/** Somebody who takes a date's files while its run is under way, and has its ledger put together for that. */
export class HastyOperator {
  readonly #simulation: Simulation;
  readonly #store: S3ObjectStore;
  #lists = 0;

  constructor(simulation: Simulation, world: World) {
    this.#simulation = simulation;
    const faults = { faultOf: (_: Process, step: string, call: Call) => this.#listOvertaken(step, call) };
    const process = simulation.process("hasty operator");
    this.#store = world.store(new ServiceCalls(process, "the operator", simulation, faults));
  }

  /** Puts a ledger together, in some schedules. */
  async gather(): Promise<void> {
    const { time, choices, heldAnswers, schedule } = this.#simulation;
    const lastAtMs = Math.max(...schedule.uploads.map(({ atMs }) => atMs));
    const dates = [...new Set(schedule.uploads.map(({ date }) => date))];
    const draw = () => {
      if (!choices.oneIn("the ledger is put together", GATHERS_ONE_IN)) return undefined;
      const afterMs = choices.below("the ledger is put together after", lastAtMs + LATEST_GATHERING_MS);
      const writes = choices.between("the ledger is put together after writes", 0, MOST_WRITES);
      const times = choices.pick("the ledger is put together so often", TIMES);
      return { date: choices.pick("whose ledger is put together", dates), afterMs, writes, times };
    };
    const at = { key: "the ledger is put together", step: "somebody takes the files", atMs: time.now };
    const gathering = choices.deviation(at, draw, () => "late");
    if (gathering === undefined) return;
    const { date, afterMs, writes, times } = gathering;
    await time.sleep(afterMs);
    if (writes > 0) await heldAnswers.writes(ledgerPartPrefix(date), writes);
    for (let nth = 0; nth < times; nth++) {
      if (nth > 0) await heldAnswers.writes(ledgerPartPrefix(date), 1);
      this.#simulation.trace(() => `somebody puts the ledger of ${date} together`);
      await gatherLedger(this.#store, date);
    }
  }

  /** Lets a list be overtaken, which is no failure. */
  #listOvertaken(step: string, { does, key }: Call): Fault | undefined {
    const { time, choices } = this.#simulation;
    if (!does.startsWith("lists ")) return undefined;
    const choice = `list ${++this.#lists} of ${key} overtaken`;
    const draw = (): Fault | undefined =>
      choices.oneIn(choice, LIST_OVERTAKEN_ONE_IN)
        ? { kind: "overtaken", others: { which: "changes", calls: 1 } }
        : undefined;
    return choices.deviation({ key: choice, step, atMs: time.now }, draw, ({ kind }) => kind);
  }
}
