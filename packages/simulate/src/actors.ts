import type { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import {
  type Account,
  Accountant,
  cancelRun,
  chooseReplay,
  ledgerKey,
  ledgerPartPrefix,
  replayMessages,
  runKey,
} from "@lotes/core";
import type { KnownCancel, KnownUpload } from "@lotes/schedules/evidence";
import type { Cancel, OperatorAction, Upload } from "@lotes/schedules/schedule";
import type { Functions } from "./functions.ts";
import { HastyOperator } from "./hasty-operator.ts";
import { LONGEST_MISS_MS } from "./held-answers.ts";
import { ServiceCalls } from "./service-calls.ts";
import type { Simulation } from "./simulation.ts";
import { untilAtWork } from "./until-at-work.ts";
import type { World } from "./world.ts";

// Lambda invokes a function again after a minute: what it has led to is done by then. Every other time it comes as soon as what a dead one had sent has
// arrived, to meet what is still at work.
const AGAIN_AFTER_MS = [LONGEST_MISS_MS, 60_000];
const AGAIN_LATER_MS = 3_000;
// Meanwhile an operator may cancel the run: for one failed invocation in so many, and so long after it at the latest.
const IMPATIENT_ONE_IN = 6;
const LATEST_IMPATIENCE_MS = 3_000;

// Whoever acts from the outside waits for the pipeline in one case of so many: for its next writes of such an object.
const WAITS_ONE_IN = 2;
const WAITS_FOR = [runKey, ledgerKey, ledgerPartPrefix];
const MOST_WRITES = 3;
// Strangers send at once, or so long after the last upload at the latest, or when a CSV has just been replaced.
const STRANGERS_LATER_ONE_IN = 2;
const LATEST_STRANGERS_MS = 4_000;
const STRANGERS_AFTER_REPLACEMENT_MS = 600;

/** Everybody who acts from the outside: people who upload, S3 with its events, operators, and strangers. */
export class Actors {
  /** What was uploaded so far. */
  readonly uploads: KnownUpload[] = [];
  readonly cancels: KnownCancel[] = [];
  readonly #simulation: Simulation;
  readonly #world: World;
  readonly #functions: Functions;
  readonly #store: S3ObjectStore;
  readonly #hasty: HastyOperator;
  readonly #loteQueue: SqsMessageQueue;
  readonly #replaced = Promise.withResolvers<void>();
  /** One for each date. It lives as long as the schedule, like that of `lotes status --watch`. */
  readonly #accountants = new Map<string, Accountant>();

  constructor(simulation: Simulation, world: World, functions: Functions) {
    this.#simulation = simulation;
    this.#world = world;
    this.#functions = functions;
    const calls = new ServiceCalls(simulation.process("operator"), "the operator", simulation, undefined);
    this.#store = world.store(calls);
    this.#loteQueue = world.sender("LoteQueue", calls);
    this.#hasty = new HastyOperator(simulation, world);
  }

  async doAllPlanned(): Promise<void> {
    const { uploads, operator, cancels } = this.#simulation.schedule;
    await Promise.all([
      this.#sendAsStrangers(),
      this.#hasty.gather(),
      ...[...Map.groupBy(uploads, (upload) => upload.date).values()].map((ofDate) => this.#upload(ofDate)),
      ...operator.map((action, nth) => this.#operate(action, `action ${nth}`)),
      ...cancels.map((each, nth) => this.#cancel(each, `cancellation ${nth}`)),
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
    for (const [nth, { atMs, date, csv, forced, events, eventGapMs }] of uploads.entries()) {
      const isAwaited = nth > 0 && (await untilAtWork(this.#simulation, date, `upload ${nth} of ${date}`));
      if (!isAwaited) await time.sleep(atMs - time.now);
      if (nth > 0) this.#replaced.resolve();
      const { sequencer, events: told } = this.#world.upload(date, csv, forced);
      this.#simulation.trace(() => `upload ${sequencer} of ${date}: ${csv.length} characters`);
      const upload = { date, csv, forced, sequencer };
      this.uploads.push(upload);
      this.#world.manifests.uploaded(upload);
      // The first by S3, the next by EventBridge: each tells of the same.
      for (let event = 0; event < events; event++) {
        const key = `event ${sequencer} ${date} ${event}`;
        invocations.push(this.#produce(told[event % 2], date, event * eventGapMs, key));
      }
    }
    await Promise.all(invocations);
  }

  /** Invokes the producer until it succeeds: Lambda does so three times, and then somebody sends the event from ProducerFailures once more. */
  async #produce(event: unknown, date: string, afterMs: number, key: string): Promise<void> {
    const { time, choices } = this.#simulation;
    await time.sleep(afterMs);
    for (let nth = 1; (await this.#functions.invoke("producer", event)).answer === undefined; nth++) {
      const least = choices.pick(`${key} again ${nth} after`, AGAIN_AFTER_MS);
      const again = time.sleep(choices.between(`${key} again ${nth}`, least, least + AGAIN_LATER_MS));
      // After the first failure only: a producer that fails for ever is not to be covered up by a cancellation.
      await Promise.all([again, nth === 1 && this.#loseOnesPatience(date, `${key} cancelled`)]);
    }
  }

  async #sendAsStrangers(): Promise<void> {
    const { time, choices, schedule } = this.#simulation;
    const { strangers, uploads } = schedule;
    if (strangers.length === 0) return;
    const lastAtMs = Math.max(...uploads.map(({ atMs }) => atMs));
    const draw = () => {
      if (!choices.oneIn("strangers are late", STRANGERS_LATER_ONE_IN)) return undefined;
      const byMs = choices.below("strangers are late by", lastAtMs + LATEST_STRANGERS_MS);
      return { byMs, awaitReplacement: choices.oneIn("strangers wait until a CSV is replaced", 2) };
    };
    const at = { key: "strangers are late", step: "strangers send messages", atMs: time.now };
    const late = choices.deviation(at, draw, () => "late");
    if (late?.awaitReplacement) {
      await Promise.race([this.#replaced.promise, time.sleep(lastAtMs + LATEST_STRANGERS_MS)]);
      await time.sleep(late.byMs % STRANGERS_AFTER_REPLACEMENT_MS);
    } else await time.sleep(late?.byMs ?? 0);
    for (const { queue, body } of strangers) {
      this.#simulation.trace(() => `a stranger sends ${body.length} characters to ${queue}`);
      this.#world.queues[queue].send(body);
    }
  }

  /** Lets some time pass, and then, if it is to be so, some writes: so that what is done falls between two steps of the pipeline. */
  async #until(atMs: number, date: string, key: string): Promise<void> {
    const { time, choices, heldAnswers } = this.#simulation;
    await time.sleep(atMs);
    const draw = () => {
      if (!choices.oneIn(`${key} waits`, WAITS_ONE_IN)) return undefined;
      const keyOf = choices.pick(`${key} waits for`, WAITS_FOR);
      return { key: keyOf(date), calls: choices.between(`${key} waits for writes`, 1, MOST_WRITES) };
    };
    const at = { key: `${key} waits`, step: "the operator acts", atMs: time.now };
    const awaited = choices.deviation(at, draw, () => "overtaken");
    if (awaited !== undefined) await heldAnswers.writes(awaited.key, awaited.calls);
  }

  async #cancel({ atMs, date }: Cancel, key: string): Promise<void> {
    const { time, schedule } = this.#simulation;
    await this.#until(atMs, date, key);
    this.#simulation.trace(() => `the operator cancels the run of ${date}`);
    const run = await cancelRun(this.#store, date, new Date());
    const isCertain = schedule.troubles === 0 && schedule.disturbances.length === 0 && schedule.freezes === undefined;
    // A request that was sent in time may arrive later, by the longest way.
    const knownAt = isCertain && schedule.uploads.length === 1 ? time.now + schedule.tmdbWayMs.max : undefined;
    if (run?.status === "cancelled") this.cancels.push({ date, run: run.run, knownAt });
  }

  /** Cancels, if it is to be so, the run of which a producer has failed. */
  async #loseOnesPatience(date: string, key: string): Promise<void> {
    const { choices, time } = this.#simulation;
    const draw = () =>
      choices.oneIn(key, IMPATIENT_ONE_IN) ? choices.below(`${key} after`, LATEST_IMPATIENCE_MS) : undefined;
    const at = { key, step: "the operator sees a run that is not queued", atMs: time.now };
    const atMs = choices.deviation(at, draw, () => "late");
    if (atMs !== undefined) await this.#cancel({ atMs, date }, key);
  }

  async #operate({ atMs, date, does, attempts }: OperatorAction, key: string): Promise<void> {
    await this.#until(atMs, date, key);
    this.#simulation.trace(
      () => `the operator does ${does} of ${date}${attempts === undefined ? "" : `, attempts ${attempts}`}`,
    );
    if (does === "redrive") this.#world.redrive(attempts);
    else await this.replay(date, does === "replay-all");
  }
}
