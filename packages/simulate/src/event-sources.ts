import { isRunDate, loteKey, MAX_RECEIVE_COUNT } from "@lotes/core";
import type { QueueName } from "@lotes/core/topology";
import type { Activity } from "@lotes/schedules/activity";
import type { Delivery } from "@lotes/schedules/evidence";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { Functions } from "./functions.ts";
import { LONGEST_MISS_MS, type Others } from "./held-answers.ts";
import type { Simulation } from "./simulation.ts";
import type { Troubles } from "./troubles.ts";
import type { World } from "./world.ts";

// Lambda gathers reports for a batch. An operator may find them in the queue meanwhile.
const GATHERING_MS = [0, 0, 500, 5_000];
// A delivery in so many waits before it is worked on: for some time, until so many calls were made, or until somebody looks at its lote's file, or changes it.
const LATE_ONE_IN = 2;
const LATE_FOR = ["time", "calls", "looks", "changes"] as const;
// The second copy of a message mostly comes when somebody is at work on what the first has led to.
const COPY_LATE_FOR = ["time", "calls", "looks", "looks", "looks", "looks"] as const;
const LATEST_MS = [300, 10_000];
const LATEST_CALLS = 64;
const LONGEST_HOLD_MS = 10_000;
const VERY_LATE_MS = 300;
// SQS counts receives approximately: of two copies of a message the second may look like the first.
const MISCOUNTED_ONE_IN = 2;
// A message in so many is not deleted, though the work is done: in some schedules most, so that SQS gives up what was done each time.
const UNDELETED_ONE_IN = [...Array<number>(19).fill(12), 1.25];
// A message that failed mostly comes back before its visibility timeout is over, to meet what is still at work.
const HIDDEN_LONG_ONE_IN = [1, 8, 8];

export interface EventSourcesOptions {
  readonly simulation: Simulation;
  readonly world: World;
  readonly functions: Functions;
  readonly activity: Activity;
  readonly troubles: Troubles;
}

interface EventSource {
  readonly name: "consumer" | "collector";
  readonly queue: QueueName;
  readonly batch: number;
}

/** For how long a delivery waits, or for what. */
interface Lateness {
  readonly ms?: number;
  readonly others?: Others;
}

const CONSUMER: EventSource = { name: "consumer", queue: "LoteQueue", batch: 1 };
const COLLECTOR: EventSource = { name: "collector", queue: "DeadLetterQueue", batch: 10 };

/** SQS and Lambda's event sources on a bad day: messages that come late, twice, at the same time, and again though they were done. */
export class EventSources {
  /** What became of the consumers' deliveries. */
  readonly deliveries: Delivery[] = [];
  readonly #options: EventSourcesOptions;
  /** Second copies of messages, to be delivered like the first. */
  readonly #duplicates: SQSRecord[] = [];
  readonly #undeletedOneIn: number;
  #batches = 0;

  constructor(options: EventSourcesOptions) {
    const { consumers, collectors } = options.simulation.schedule;
    this.#options = options;
    this.#undeletedOneIn = options.simulation.choices.pick("undeleted", UNDELETED_ONE_IN);
    const sources = [
      ...Array<EventSource>(consumers).fill(CONSUMER),
      ...Array<EventSource>(collectors).fill(COLLECTOR),
    ];
    for (const source of sources) void this.#run(source);
  }

  /** Whether every copy of every message was worked on. */
  get isDrained(): boolean {
    return this.#duplicates.length === 0 && this.#options.world.isDrained;
  }

  /** Hands batches to a function, one at a time. */
  async #run(source: EventSource): Promise<void> {
    const { activity } = this.#options;
    for (;;) {
      const bell = activity.bell(source.queue);
      if (!(await activity.during(() => this.#workOnNext(source)))) await bell;
    }
  }

  async #workOnNext(source: EventSource): Promise<boolean> {
    const { world, simulation } = this.#options;
    const { choices, time } = simulation;
    const key = `${source.name} batch ${++this.#batches}`;
    if (source === COLLECTOR && !simulation.swarm.isPrompt && world.queues[source.queue].size > 0) {
      await time.sleep(choices.pick(`${key} gathers`, GATHERING_MS));
    }
    const copies = source === CONSUMER ? this.#duplicates.splice(0, 1) : [];
    const records = copies.length > 0 ? copies : this.#receive(source, key);
    if (records.length === 0) return false;
    await this.#beLate(source, records, key, copies.length > 0);
    for (const [record, hiddenMs] of await this.#delivered(source, records, key)) {
      if (copies.length > 0) await this.#endCopy(record, hiddenMs);
      else if (hiddenMs !== undefined) world.queues[source.queue].hide(record, hiddenMs);
      else world.queues[source.queue].delete(record);
    }
    return true;
  }

  /** Lets a delivery wait, if it is to be late. */
  async #beLate({ name }: EventSource, [record]: readonly SQSRecord[], key: string, isCopy: boolean): Promise<void> {
    const { choices, time, heldAnswers, swarm } = this.#options.simulation;
    const draw = (): Lateness | undefined => {
      if (isCopy && swarm.misses) return { others: { which: "looks", calls: 1 } };
      if (swarm.isPrompt || !choices.oneIn(`${key} late`, LATE_ONE_IN)) return undefined;
      const which = choices.pick(`${key} late for`, isCopy ? COPY_LATE_FOR : LATE_FOR);
      if (which === "time") return { ms: choices.below(`${key} late by`, choices.pick(`${key} latest`, LATEST_MS)) };
      const calls = which !== "calls" ? 1 : choices.between(`${key} late by`, 1, LATEST_CALLS);
      return { others: { which, calls } };
    };
    const at = { key: `${key} late`, step: `the ${name} is given messages`, atMs: time.now };
    const late = choices.deviation(at, draw, ({ ms, others }) =>
      others ? "overtaken" : (ms ?? 0) > VERY_LATE_MS ? "very late" : "late",
    );
    if (late === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const about = { isWrite: false, key: record && loteKeyIn(record.body) };
    if (late.others) heldAnswers.hold(about, late.others, () => resolve(), LONGEST_HOLD_MS);
    else time.after(late.ms ?? 0, resolve);
    await promise;
  }

  #hiddenMs(key: string): number {
    const { choices, schedule } = this.#options.simulation;
    return choices.oneIn(`${key} hidden`, choices.pick("hidden", HIDDEN_LONG_ONE_IN)) ? schedule.functionMs * 6 : 0;
  }

  #receive({ name, queue, batch }: EventSource, key: string): SQSRecord[] {
    const { world, simulation, activity } = this.#options;
    const { choices, schedule, swarm, time } = simulation;
    const records = world.queues[queue].receive(choices.between(`${key} size`, 1, batch));
    if (name !== "consumer" || records.length === 0) return records;
    const draw = () => choices.oneIn(`${key} twice`, swarm.misses ? 2 : schedule.duplicateOneIn) || undefined;
    const at = { key: `${key} twice`, step: "the consumer is given messages", atMs: time.now };
    if (choices.deviation(at, draw, () => "twice")) {
      const isMiscounted = swarm.misses || choices.oneIn(`${key} miscounted`, MISCOUNTED_ONE_IN);
      this.#duplicates.push(...(isMiscounted ? records : records.map(receivedOnceMore)));
      activity.ring(queue);
    }
    return records;
  }

  /** @returns each message, and for how long it is hidden if it comes back */
  async #delivered({ name }: EventSource, records: readonly SQSRecord[], key: string) {
    const { functions, simulation } = this.#options;
    const began = simulation.time.now;
    const { answer, heldUp } = await functions.invoke<SQSBatchResponse>(name, { Records: records });
    const timeUsed = (simulation.time.now - began) / simulation.schedule.functionMs;
    const failures = new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
    // SQS hides a message for minutes: what a dead function had sent has arrived by then.
    const hiddenMs = Math.max(this.#hiddenMs(key), answer === undefined ? LONGEST_MISS_MS : 0);
    return records.map((record): [SQSRecord, number | undefined] => {
      const failed = answer === undefined || failures.has(record.messageId);
      const receives = Number(record.attributes.ApproximateReceiveCount);
      if (name === "consumer") this.deliveries.push({ body: record.body, timeUsed, failed, receives, heldUp });
      return [record, failed || this.#isNotDeleted(name, `${key} ${record.messageId}`) ? hiddenMs : undefined];
    });
  }

  #isNotDeleted(name: string, key: string): boolean {
    const { troubles, simulation } = this.#options;
    const { choices, time } = simulation;
    const draw = () => (!troubles.areOver && choices.oneIn(`${key} undeleted`, this.#undeletedOneIn)) || undefined;
    const at = { key: `${key} undeleted`, step: `the ${name} has done its work`, atMs: time.now };
    const isNot = choices.deviation(at, draw, () => "not deleted") ?? false;
    if (isNot) troubles.meet();
    return isNot;
  }

  /** A second copy of a message is a message: it comes back until it is deleted, or given up after five receives. */
  async #endCopy(record: SQSRecord, hiddenMs: number | undefined): Promise<void> {
    if (hiddenMs === undefined) return;
    await this.#options.simulation.time.sleep(Math.min(hiddenMs, LONGEST_MISS_MS));
    const receives = Number(record.attributes.ApproximateReceiveCount);
    if (receives < MAX_RECEIVE_COUNT) this.#duplicates.push(receivedOnceMore(record));
    else this.#options.world.move(record, "DeadLetterQueue");
  }
}

/** The same message as another delivery of it looks. */
function receivedOnceMore(record: SQSRecord): SQSRecord {
  const ApproximateReceiveCount = String(Number(record.attributes.ApproximateReceiveCount) + 1);
  return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount } };
}

/** The key of the file of a message's lote; undefined for a message that is of none. */
function loteKeyIn(body: string): string | undefined {
  const [, date = ""] = /"date":"([\d/]+)"/.exec(body) ?? [];
  const [, lote] = /"lote":(\d+)/.exec(body) ?? [];
  return isRunDate(date) && lote !== undefined ? loteKey(date, Number(lote)) : undefined;
}
