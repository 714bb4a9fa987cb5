import type { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { type Account, Accountant, cancelRun, chooseReplay, replayMessages } from "@lotes/core";
import type { KnownCancel, KnownUpload } from "@lotes/schedules/evidence";
import type { Cancel, OperatorAction, Upload } from "@lotes/schedules/schedule";
import type { Functions } from "./functions.ts";
import { LONGEST_MISS_MS } from "./held-answers.ts";
import { ServiceCalls } from "./service-calls.ts";
import type { Simulation } from "./simulation.ts";
import type { World } from "./world.ts";

// Lambda waits minutes before it invokes a function again: what a dead one had sent has arrived by then.
const LATER_MS = { least: LONGEST_MISS_MS, most: LONGEST_MISS_MS + 3_000 };

/** Everybody who acts from the outside: people who upload, S3 with its events, operators, and strangers. */
export class Actors {
  /** What was uploaded so far. */
  readonly uploads: KnownUpload[] = [];
  readonly cancels: KnownCancel[] = [];
  readonly #simulation: Simulation;
  readonly #world: World;
  readonly #functions: Functions;
  readonly #store: S3ObjectStore;
  readonly #loteQueue: SqsMessageQueue;
  /** One for each date. It lives as long as the schedule, like that of `lotes status --watch`. */
  readonly #accountants = new Map<string, Accountant>();

  constructor(simulation: Simulation, world: World, functions: Functions) {
    this.#simulation = simulation;
    this.#world = world;
    this.#functions = functions;
    const calls = new ServiceCalls(simulation.process("operator"), "the operator", simulation, undefined);
    this.#store = world.store(calls);
    this.#loteQueue = world.sender("LoteQueue", calls);
  }

  async doAllPlanned(): Promise<void> {
    const { uploads, operator, cancels, strangers } = this.#simulation.schedule;
    for (const { queue, body } of strangers) {
      this.#simulation.trace(() => `a stranger sends ${body.length} characters to ${queue}`);
      this.#world.queues[queue].send(body);
    }
    await Promise.all([
      ...[...Map.groupBy(uploads, (upload) => upload.date).values()].map((ofDate) => this.#upload(ofDate)),
      ...operator.map((action) => this.#operate(action)),
      ...cancels.map((each) => this.#cancel(each)),
    ]);
  }

  /** As `lotes replay` does it. Returns how many ids were sent. */
  async replay(date: string, all: boolean): Promise<number> {
    const account = await this.account(date);
    if (account === undefined || account.run.status === "cancelled") return 0;
    const entries = chooseReplay(account.failures, account.run.run, { all });
    await this.#loteQueue.send(replayMessages(entries, date));
    return entries.length;
  }

  /** As `lotes status` takes it. */
  account(date: string): Promise<Account | undefined> {
    const accountant = this.#accountants.get(date) ?? new Accountant(this.#store, date);
    this.#accountants.set(date, accountant);
    return accountant.account();
  }

  /** Uploads the CSVs of one key, in the order of their sequencers. Their events may come in any order. */
  async #upload(uploads: readonly Upload[]): Promise<void> {
    const invocations: Promise<void>[] = [];
    const { time } = this.#simulation;
    for (const { atMs, date, csv, forced, events, eventGapMs } of uploads) {
      await time.sleep(atMs - time.now);
      const { sequencer, events: told } = this.#world.upload(date, csv, forced);
      this.#simulation.trace(() => `upload ${sequencer} of ${date}: ${csv.length} characters`);
      const upload = { date, csv, forced, sequencer };
      this.uploads.push(upload);
      this.#world.manifests.uploaded(upload);
      // The first by S3, the next by EventBridge: each tells of the same.
      for (let nth = 0; nth < events; nth++)
        invocations.push(this.#produce(told[nth % 2], nth * eventGapMs, `event ${sequencer} ${date} ${nth}`));
    }
    await Promise.all(invocations);
  }

  /** Invokes the producer until it succeeds: Lambda does so three times, and then somebody sends the event from ProducerFailures once more. */
  async #produce(event: unknown, afterMs: number, key: string): Promise<void> {
    const { time, choices } = this.#simulation;
    await time.sleep(afterMs);
    for (let nth = 1; (await this.#functions.invoke("producer", event)).answer === undefined; nth++) {
      await time.sleep(choices.between(`${key} again ${nth}`, LATER_MS.least, LATER_MS.most));
    }
  }

  async #cancel({ atMs, date }: Cancel): Promise<void> {
    const { time, schedule } = this.#simulation;
    await time.sleep(atMs);
    this.#simulation.trace(() => `the operator cancels the run of ${date}`);
    const run = await cancelRun(this.#store, date, new Date());
    const isCertain = schedule.troubles === 0 && schedule.disturbances.length === 0 && schedule.freezes === undefined;
    // A request that was sent in time may arrive later, by the longest way.
    const knownAt = isCertain && schedule.uploads.length === 1 ? time.now + schedule.tmdbWayMs.max : undefined;
    if (run?.status === "cancelled") this.cancels.push({ date, run: run.run, knownAt });
  }

  async #operate({ atMs, date, does, attempts }: OperatorAction): Promise<void> {
    const { time } = this.#simulation;
    await time.sleep(atMs);
    this.#simulation.trace(
      () => `the operator does ${does} of ${date}${attempts === undefined ? "" : `, attempts ${attempts}`}`,
    );
    if (does === "redrive") this.#world.redrive(attempts);
    else await this.replay(date, does === "replay-all");
  }
}
