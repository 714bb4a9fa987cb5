import { setTimeout as delay } from "node:timers/promises";
import { Random } from "@lotes/local/sample/random";
import { Activity } from "@lotes/schedules/activity";
import type { Evidence } from "@lotes/schedules/evidence";
import { lineOf, MOVIES } from "@lotes/schedules/movies";
import { judge } from "@lotes/schedules/oracle";
import { type Schedule, seedOf } from "@lotes/schedules/schedule";
import { brokenOffBy, misansweredBy } from "@lotes/schedules/tmdb-rules";
import { Actors } from "./actors.ts";
import { Disturbances } from "./disturbances.ts";
import { EventSources } from "./event-sources.ts";
import { Troubles } from "./faults.ts";
import { Functions } from "./functions.ts";
import type { Lab } from "./lab.ts";
import { stalledSoFarMs } from "./stalls.ts";
import { World } from "./world.ts";

const TOKEN = "the-secret-token-of-the-chaos";

// A schedule takes some ten seconds. On a busy machine functions run out of time, and it takes longer.
const MOST_SECONDS = 240;
const POLL_MS = 150;
const HEALING_ROUNDS = 3;

/** What became of one schedule. */
export interface Outcome {
  readonly schedule: Schedule;
  /** Broken promises, in sentences. */
  readonly wrong: readonly string[];
  readonly deaths: number;
  readonly troubles: number;
}

/** Runs a schedule until everything has settled, lets the oracle judge, ends all troubles, replays, and lets it judge again. */
export async function runSchedule(schedule: Schedule, lab: Lab): Promise<Outcome> {
  const world = new World(`${schedule.seed}-${schedule.index}`, lab);
  if (schedule.store) lab.storeHabits.set(world.bucket, schedule.store);
  await world.create();
  const { tmdb: misbehaviour, tmdbLatencyMs: latencyMs, tmdbWayMs: wayMs } = schedule;
  const tmdb = await lab.tmdb.start({ facts: MOVIES, token: TOKEN, misbehaviour, latencyMs, wayMs });
  const run = new ScheduleRun(schedule, lab, world, tmdb);
  try {
    return await run.toTheEnd();
  } finally {
    run.close();
  }
}

class ScheduleRun {
  readonly #schedule: Schedule;
  readonly #lab: Lab;
  readonly #world: World;
  readonly #tmdb: { readonly server: number; readonly port: number };
  readonly #activity = new Activity();
  readonly #troubles: Troubles;
  readonly #disturbances: Disturbances;
  readonly #functions: Functions;
  readonly #sources: EventSources;
  readonly #actors: Actors;

  constructor(schedule: Schedule, lab: Lab, world: World, tmdb: { server: number; port: number }) {
    const activity = this.#activity;
    const troubles = new Troubles(schedule.troubles, schedule.troubleOneIn);
    this.#schedule = schedule;
    this.#lab = lab;
    this.#world = world;
    this.#tmdb = tmdb;
    this.#troubles = troubles;
    const disturbances = new Disturbances(schedule.disturbances, new Random(seedOf(schedule.seed, schedule.index)));
    this.#disturbances = disturbances;
    const { port: tmdbPort } = tmdb;
    const functions = new Functions({ schedule, lab, world, activity, troubles, disturbances, tmdbPort, token: TOKEN });
    this.#functions = functions;
    this.#sources = new EventSources({ schedule, world, functions, activity, troubles });
    this.#actors = new Actors({ schedule, awsUrl: lab.awsUrl, world, functions, activity });
  }

  async toTheEnd(): Promise<Outcome> {
    const wrong: string[] = [];
    const fail = (error: unknown) => wrong.push(`${(error as Error).stack}`);
    try {
      const planned = this.#activity.during(() => this.#actors.doAllPlanned());
      // Its rejection is handled where it is awaited.
      planned.catch(() => {});
      await this.#settled();
      await planned;
      const beforeHealing = await this.#evidence([], false);
      await this.#heal();
      const arrivals = await this.#lab.tmdb.end(this.#tmdb.server);
      wrong.push(...judge({ ...beforeHealing, arrivals }), ...judge(await this.#evidence(arrivals, true)));
    } catch (error) {
      fail(error);
    }
    this.#actors.stop();
    await this.#sources.stop().catch(fail);
    return {
      schedule: this.#schedule,
      wrong: [...new Set(wrong)],
      deaths: this.#functions.deaths,
      troubles: this.#troubles.met + this.#disturbances.met,
    };
  }

  close(): void {
    this.#actors.close();
    this.#functions.close();
    this.#lab.storeHabits.delete(this.#world.bucket);
  }

  /** Ends all troubles, and replays what failed. */
  async #heal(): Promise<void> {
    this.#troubles.end();
    this.#disturbances.end();
    this.#functions.calm();
    await this.#lab.tmdb.misbehave(this.#tmdb.server, []);
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
    const elapsedMs = () => performance.now() - stalledSoFarMs();
    const end = elapsedMs() + MOST_SECONDS * 1000;
    while (elapsedMs() < end) {
      // Work may begin while the queues are asked, so the activity is asked before and after.
      if (this.#activity.isIdle && (await this.#sources.isDrained()) && this.#activity.isIdle) return;
      await delay(POLL_MS);
    }
    throw new Error(`not settled after ${MOST_SECONDS} s`);
  }

  async #evidence(arrivals: Evidence["arrivals"], healed: boolean): Promise<Evidence> {
    const { strangers, loteSize, requestsPerSecond, tmdb } = this.#schedule;
    const accounts = this.#dates().map(async (date) => [date, await this.#actors.account(date)] as const);
    return {
      uploads: this.#actors.uploads.toSorted((a, b) => (a.sequencer < b.sequencer ? -1 : 1)),
      objects: await this.#world.objects(),
      cancels: this.#actors.cancels,
      accounts: new Map(await Promise.all(accounts)),
      recordOf: lineOf,
      arrivals,
      attempts: [...this.#functions.attempts],
      thrown: [...this.#functions.thrown],
      deliveries: [...this.#sources.deliveries],
      misanswered: misansweredBy(tmdb),
      brokenOff: brokenOffBy(tmdb),
      strangers: strangers.map(({ body }) => body),
      loteSize,
      requestsPerSecond,
      secret: TOKEN,
      texts: [...this.#functions.output, ...this.#world.bodies],
      healed,
    };
  }
}
