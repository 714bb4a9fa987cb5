import { Activity } from "@lotes/schedules/activity";
import type { Evidence, KnownObject } from "@lotes/schedules/evidence";
import { lineOf } from "@lotes/schedules/movies";
import { judge } from "@lotes/schedules/oracle";
import { type Schedule, seedOf } from "@lotes/schedules/schedule";
import { brokenOffBy, misansweredBy } from "@lotes/schedules/tmdb-rules";
import { Actors } from "./actors.ts";
import type { Deviation } from "./choices.ts";
import { EventSources } from "./event-sources.ts";
import { Functions } from "./functions.ts";
import { liveIn } from "./globals.ts";
import { SimulatedTmdb } from "./simulated-tmdb.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";
import { Troubles } from "./troubles.ts";
import { World } from "./world.ts";

const TOKEN = "the-secret-token-of-the-simulation";

// A schedule has some two thousand, and a large one 15,000. A large one whose messages all come twice and late had 131,000, most of them of messages that ask
// whether its runs have settled. One with more than this does not come to an end.
const MOST_EVENTS = 400_000;
const HEALING_ROUNDS = 3;

/** What became of one schedule. */
export interface Outcome {
  /** Broken promises, in sentences. */
  readonly wrong: readonly string[];
  readonly deaths: number;
  readonly troubles: number;
  readonly deviations: readonly Deviation[];
  readonly steps: ReadonlyMap<string, number>;
  readonly events: number;
}

/** Runs a schedule until everything has settled, lets the oracle judge, ends all troubles, replays, and lets it judge again. */
export async function runSchedule(options: SimulationOptions): Promise<Outcome> {
  const { seed, index } = options.schedule;
  const simulation = new Simulation(options, seedOf(seed, index));
  liveIn(simulation.time, simulation.choices.stream("random outside of processes"));
  const run = new ScheduleRun(simulation);
  const work = run.toTheEnd();
  await simulation.time.run(work, MOST_EVENTS);
  return run.outcome();
}

class ScheduleRun {
  readonly #simulation: Simulation;
  readonly #schedule: Schedule;
  readonly #world: World;
  readonly #activity = new Activity();
  readonly #troubles: Troubles;
  readonly #tmdb: SimulatedTmdb;
  readonly #functions: Functions;
  readonly #sources: EventSources;
  readonly #actors: Actors;
  #wrong: string[] = ["it never settled"];

  constructor(simulation: Simulation) {
    const activity = this.#activity;
    this.#simulation = simulation;
    this.#schedule = simulation.schedule;
    const world = new World(simulation, activity);
    const troubles = new Troubles(simulation);
    const tmdb = new SimulatedTmdb(simulation);
    const functions = new Functions({ simulation, world, activity, troubles, tmdb, token: TOKEN });
    this.#world = world;
    this.#troubles = troubles;
    this.#tmdb = tmdb;
    this.#functions = functions;
    this.#sources = new EventSources({ simulation, world, functions, activity, troubles });
    this.#actors = new Actors(simulation, world, functions);
  }

  outcome(): Outcome {
    return {
      wrong: this.#wrong,
      deaths: this.#functions.deaths,
      troubles: this.#troubles.met,
      deviations: this.#simulation.choices.deviations,
      steps: this.#simulation.steps,
      events: this.#simulation.time.happened,
    };
  }

  async toTheEnd(): Promise<void> {
    try {
      await this.#activity.during(() => this.#actors.doAllPlanned());
      await this.#settled();
      const beforeHealing = await this.#evidence(false);
      await this.#heal();
      const arrivals = this.#tmdb.arrivals;
      const { wrong } = this.#world.manifests;
      this.#wrong = [
        ...new Set([...judge({ ...beforeHealing, arrivals }), ...judge(await this.#evidence(true)), ...wrong]),
      ];
    } catch (error) {
      this.#wrong = [`${(error as Error).stack}`];
    }
  }

  /** Ends all troubles, and replays what failed. */
  async #heal(): Promise<void> {
    this.#simulation.trace(() => "all is well from now on");
    this.#troubles.end();
    this.#functions.calm();
    this.#tmdb.misbehave([]);
    for (let round = 0; round < HEALING_ROUNDS; round++) {
      const sent = await Promise.all(this.#dates().map((date) => this.#actors.replay(date, false)));
      if (sent.every((count) => count === 0)) return;
      await this.#settled();
    }
  }

  #dates(): string[] {
    return [...new Set(this.#actors.uploads.map((upload) => upload.date))];
  }

  /** Waits until nothing is under way and nothing is queued. */
  async #settled(): Promise<void> {
    while (!this.#activity.isIdle || !this.#sources.isDrained) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#activity.onIdle(resolve);
      await promise;
    }
  }

  async #evidence(healed: boolean): Promise<Evidence> {
    const { strangers, loteSize, requestsPerSecond, tmdb } = this.#schedule;
    const accounts = this.#dates().map(async (date) => [date, await this.#actors.account(date)] as const);
    const { LoteQueue, DeadLetterQueue } = this.#world.queues;
    return {
      uploads: this.#actors.uploads.toSorted((a, b) => (a.sequencer < b.sequencer ? -1 : 1)),
      cancels: this.#actors.cancels,
      accounts: new Map(await Promise.all(accounts)),
      objects: this.#writtenObjects(),
      recordOf: lineOf,
      arrivals: this.#tmdb.arrivals,
      attempts: [...this.#functions.attempts],
      thrown: [...this.#functions.thrown],
      deliveries: [...this.#sources.deliveries],
      misanswered: misansweredBy(tmdb),
      brokenOff: brokenOffBy(tmdb),
      strangers: strangers.map(({ body }) => body),
      loteSize,
      requestsPerSecond,
      secret: TOKEN,
      texts: [...this.#simulation.output, ...LoteQueue.bodies, ...DeadLetterQueue.bodies],
      healed,
    };
  }

  /** What functions have written, which is text. Uploads are bytes. */
  #writtenObjects(): Evidence["objects"] {
    const objects = new Map<string, KnownObject>();
    for (const [key, { body, etag, metadata }] of this.#world.bucket.all()) {
      if (typeof body === "string") objects.set(key, { body, etag, metadata });
    }
    return objects;
  }
}
