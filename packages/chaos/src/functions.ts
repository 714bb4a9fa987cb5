import type { FunctionName } from "@lotes/bundler/function-code";
import { awsEnvironment } from "@lotes/local/client-config";
import { Random } from "@lotes/local/sample/random";
import type { Activity } from "@lotes/schedules/activity";
import type { Attempt } from "@lotes/schedules/evidence";
import { type Schedule, seedOf } from "@lotes/schedules/schedule";
import type { Disturbances } from "./disturbances.ts";
import { ExecutionEnvironment, ProcessDied } from "./execution-environment.ts";
import type { Troubles } from "./faults.ts";
import type { Lab } from "./lab.ts";
import type { World } from "./world.ts";

// After so long a message that is being sent can be received.
const SENT_MS = 50;

export interface FunctionsOptions {
  readonly schedule: Schedule;
  readonly lab: Lab;
  readonly world: World;
  readonly activity: Activity;
  readonly troubles: Troubles;
  readonly disturbances: Disturbances;
  readonly tmdbPort: number;
  readonly token: string;
}

/** How an invocation ended. */
export interface Invocation<T> {
  /** Undefined when the function failed or died. */
  readonly answer: T | undefined;
  /** Whether TMDB had asked its process for a pause that is longer than any function's time. */
  readonly heldUp: boolean;
}

/** The three functions of one schedule, as Lambda keeps them: warm environments, and new ones for those that died. */
export class Functions {
  /** All that they printed. */
  readonly output: string[] = [];
  readonly attempts: Attempt[] = [];
  /** Errors of consumers and collectors, which should report failures in their answers. */
  readonly thrown: string[] = [];
  deaths = 0;
  readonly #options: FunctionsOptions;
  readonly #random: Random;
  readonly #began = performance.now();
  readonly #invocations: Record<FunctionName, number> = { producer: 0, consumer: 0, collector: 0 };
  /** In the order in which they became idle. */
  readonly #idle: Record<FunctionName, ExecutionEnvironment[]> = { producer: [], consumer: [], collector: [] };
  /** The timers and connections of all environments, to be ended at last. The environments themselves are large. */
  readonly #remains: Pick<ExecutionEnvironment, "time" | "connections">[] = [];
  /** How many have died and are not replaced yet. */
  readonly #unreplaced: Record<FunctionName, number> = { producer: 0, consumer: 0, collector: 0 };
  #isCalm = false;

  constructor(options: FunctionsOptions) {
    const { seed, index, warmConsumers } = options.schedule;
    this.#options = options;
    // Its own stream of choices, apart from the schedule's.
    this.#random = new Random(seedOf(seedOf(seed, index), 1));
    for (let nth = 0; nth < warmConsumers; nth++) this.#rest("consumer", this.#environment("consumer"));
  }

  invoke<T extends object>(name: FunctionName, event: unknown): Promise<Invocation<T>> {
    const { schedule, activity } = this.#options;
    const { seed, index, functionMs } = schedule;
    const nth = this.#invocations[name]++;
    const environment = this.#replacement(name) ?? this.#next(name) ?? this.#environment(name);
    return activity.during(async () => {
      // Each of the three functions has its own seeds.
      const faults = seedOf(seedOf(seed, index), nth * 3 + Object.keys(this.#idle).indexOf(name));
      const freezing = this.#freezeIn(environment);
      let answer: T | undefined;
      try {
        answer = ((await environment.invoke(event, functionMs, faults)) ?? {}) as T;
      } catch (error) {
        if (!(error instanceof ProcessDied) && name !== "producer") this.thrown.push(`the ${name}: ${error}`);
      }
      clearTimeout(freezing);
      if (environment.dead) {
        this.deaths++;
        this.#unreplaced[name]++;
      } else this.#rest(name, environment);
      return { answer, heldUp: environment.heldUp };
    });
  }

  /** Ends freezes in the middle of the work, and drops the environments that TMDB asked for a long pause. */
  calm(): void {
    this.#isCalm = true;
    this.#idle.consumer = this.#idle.consumer.filter(({ heldUp }) => !heldUp);
  }

  /** Ends every timer and connection. */
  close(): void {
    for (const { time, connections } of this.#remains) {
      time.end();
      connections.end();
    }
  }

  /**
   * A new environment in the place of one that died. Of the requests of that one another that is idle can't know: if it took the place, the
   * budget could be exceeded, by as much as docs/architecture.md says.
   */
  #replacement(name: FunctionName): ExecutionEnvironment | undefined {
    if (this.#unreplaced[name] === 0) return undefined;
    this.#unreplaced[name]--;
    return this.#environment(name);
  }

  /** Lambda's choice among those that are idle. */
  #next(name: FunctionName): ExecutionEnvironment | undefined {
    const idle = this.#idle[name];
    switch (this.#options.schedule.nextEnvironment) {
      case "most recent":
        return idle.pop();
      case "idle longest":
        return idle.shift();
      case "any":
        return idle.splice(this.#random.below(Math.max(1, idle.length)), 1)[0];
    }
  }

  /** Lambda freezes what is idle. */
  #rest(name: FunctionName, environment: ExecutionEnvironment): void {
    const { freezes } = this.#options.schedule;
    // A lote that was given back comes again minutes later. Lambda may keep the environment until then, or not.
    if (environment.heldUp && (this.#isCalm || this.#random.oneIn(2))) return;
    if (freezes) environment.freeze(this.#random.oneIn(freezes.closeOneIn));
    this.#idle[name].push(environment);
  }

  /** Plans a freeze in the middle of an invocation, if there is to be one. */
  #freezeIn(environment: ExecutionEnvironment): NodeJS.Timeout | undefined {
    const { freezes } = this.#options.schedule;
    if (!freezes || this.#isCalm || !this.#random.oneIn(freezes.oneIn)) return undefined;
    const closed = this.#random.oneIn(freezes.closeOneIn);
    const ms = this.#random.between(1, freezes.longestMs);
    return setTimeout(() => {
      this.#options.troubles.met++;
      environment.freeze(closed);
      setTimeout(() => environment.thaw(), ms);
    }, this.#random.below(freezes.latestMs));
  }

  #environment(name: FunctionName): ExecutionEnvironment {
    const { schedule, lab, world, activity, troubles, disturbances, tmdbPort, token } = this.#options;
    const link = (properties: Record<string, string>) => JSON.stringify(properties);
    const environment = new ExecutionEnvironment({
      name,
      code: lab.code[name],
      ports: { aws: Number(new URL(lab.awsUrl).port), faultyAws: lab.faultyAwsPort, tmdb: tmdbPort },
      troubles,
      disturbances,
      clockAheadMs: () => this.#clockAheadMs(),
      onSent: () => setTimeout(() => activity.ring(name === "producer" ? "LoteQueue" : "DeadLetterQueue"), SENT_MS),
      onAttempt: (attempt) => this.attempts.push(attempt),
      onOutput: (text) => this.output.push(text),
      env: {
        ...awsEnvironment(lab.awsUrl),
        AWS_LAMBDA_FUNCTION_NAME: name,
        POWERTOOLS_METRICS_DISABLED: "true",
        TMDB_BASE_URL: `http://127.0.0.1:${tmdbPort}`,
        TMDB_REQUESTS_PER_SECOND: String(schedule.requestsPerSecond),
        CONSUMER_CONCURRENCY: String(schedule.consumers),
        LOTE_SIZE: String(schedule.loteSize),
        REUSE_HOURS: String(schedule.reuseHours),
        SST_RESOURCE_App: link({ name: "lotes", stage: "chaos" }),
        SST_RESOURCE_DataLake: link({ name: world.bucket }),
        SST_RESOURCE_LoteQueue: link({ url: world.url("LoteQueue") }),
        SST_RESOURCE_DeadLetterQueue: link({ url: world.url("DeadLetterQueue") }),
        SST_RESOURCE_TmdbToken: link({ value: token }),
      },
    });
    this.#remains.push({ time: environment.time, connections: environment.connections });
    return environment;
  }

  #clockAheadMs(): number {
    const at = performance.now() - this.#began;
    return this.#options.schedule.clockSteps.reduce((ahead, step) => (step.atMs <= at ? ahead + step.byMs : ahead), 0);
  }
}
