import type { Settings } from "@lotes/core";
import type { FunctionName } from "@lotes/core/topology";
import type { Activity } from "@lotes/schedules/activity";
import type { Attempt } from "@lotes/schedules/evidence";
import { ExecutionEnvironment } from "./execution-environment.ts";
import { FunctionLog } from "./function-log.ts";
import { HANDLERS, settingsOf } from "./handlers.ts";
import { ServiceCalls } from "./service-calls.ts";
import type { SimulatedTmdb } from "./simulated-tmdb.ts";
import type { Simulation } from "./simulation.ts";
import { TmdbConnections } from "./tmdb-connections.ts";
import type { Troubles } from "./troubles.ts";
import type { Planned } from "./virtual-time.ts";
import type { World } from "./world.ts";

// A start takes Lambda about so long.
const START_MS = { least: 20, most: 400 };

export interface FunctionsOptions {
  readonly simulation: Simulation;
  readonly world: World;
  readonly activity: Activity;
  readonly troubles: Troubles;
  readonly tmdb: SimulatedTmdb;
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
  readonly attempts: Attempt[] = [];
  /** Errors of consumers and collectors, which should report failures in their answers. */
  readonly thrown: string[] = [];
  deaths = 0;
  readonly #options: FunctionsOptions;
  readonly #settings: Settings;
  readonly #invocations = new Map<FunctionName, number>();
  /** In the order in which they became idle. */
  readonly #idle: Record<FunctionName, ExecutionEnvironment[]> = { producer: [], consumer: [], collector: [] };
  /** How many have died and are not replaced yet. */
  readonly #unreplaced: Record<FunctionName, number> = { producer: 0, consumer: 0, collector: 0 };
  #isCalm = false;

  constructor(options: FunctionsOptions) {
    this.#options = options;
    this.#settings = settingsOf(options.simulation.schedule, options.token);
    for (let nth = 0; nth < options.simulation.schedule.warmConsumers; nth++) {
      this.#rest("consumer", this.#environment("consumer"), `warm consumer ${nth}`);
    }
  }

  invoke<T extends object>(name: FunctionName, event: unknown): Promise<Invocation<T>> {
    const { simulation, activity } = this.#options;
    const { functionMs } = simulation.schedule;
    const nth = (this.#invocations.get(name) ?? 0) + 1;
    this.#invocations.set(name, nth);
    const invocation = `${name} invocation ${nth}`;
    return activity.during(async () => {
      const environment =
        this.#replacement(name) ?? this.#next(name, invocation) ?? (await this.#started(name, invocation));
      simulation.trace(() => `${invocation} begins in ${environment.process.name}`);
      const freezing = this.#freezeIn(environment, invocation);
      const ending = await environment.invoke(event, functionMs, `request of ${invocation}`);
      if (freezing) simulation.time.cancel(freezing);
      simulation.trace(() => `${invocation} ends: ${JSON.stringify(ending)}`);
      if (ending === "died") {
        this.#died(name);
        return { answer: undefined, heldUp: environment.isHeldUp };
      }
      this.#rest(name, environment, invocation);
      if ("answer" in ending) return { answer: (ending.answer ?? {}) as T, heldUp: environment.isHeldUp };
      if (name !== "producer") this.thrown.push(`the ${name}: ${ending.error}`);
      return { answer: undefined, heldUp: environment.isHeldUp };
    });
  }

  #died(name: FunctionName): void {
    this.deaths++;
    this.#unreplaced[name]++;
  }

  /** Ends freezes in the middle of the work, and drops the environments that TMDB asked for a long pause. */
  calm(): void {
    this.#isCalm = true;
    this.#idle.consumer = this.#idle.consumer.filter(({ isHeldUp }) => !isHeldUp);
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
  #next(name: FunctionName, invocation: string): ExecutionEnvironment | undefined {
    const { schedule, choices } = this.#options.simulation;
    const idle = this.#idle[name];
    switch (schedule.nextEnvironment) {
      case "most recent":
        return idle.pop();
      case "idle longest":
        return idle.shift();
      case "any":
        return idle.splice(choices.below(`environment for ${invocation}`, Math.max(1, idle.length)), 1)[0];
    }
  }

  async #started(name: FunctionName, invocation: string): Promise<ExecutionEnvironment> {
    const { choices, time } = this.#options.simulation;
    await time.sleep(choices.between(`start for ${invocation}`, START_MS.least, START_MS.most));
    return this.#environment(name);
  }

  /** Lambda freezes what is idle. */
  #rest(name: FunctionName, environment: ExecutionEnvironment, invocation: string): void {
    const { schedule, choices } = this.#options.simulation;
    if (environment.isHeldUp && this.#isCalm) return;
    // A lote that was given back comes again minutes later. Lambda may keep the environment until then, or not. Nor does it keep one for long that has
    // an old token.
    const mayBeLeft = environment.isHeldUp || environment.hasOldToken;
    if (mayBeLeft && choices.oneIn(`${invocation} leaves its environment`, 2)) return;
    if (schedule.freezes) environment.freeze(choices.oneIn(`${invocation} closes`, schedule.freezes.closeOneIn));
    this.#idle[name].push(environment);
    // What an invocation that has failed left under way goes on, and may be the end of the process.
    environment.process.onDeath = () => {
      this.#idle[name] = this.#idle[name].filter((each) => each !== environment);
      this.#died(name);
    };
  }

  /** Plans a freeze in the middle of an invocation, if there is to be one. */
  #freezeIn(environment: ExecutionEnvironment, invocation: string): Planned | undefined {
    const { simulation, troubles } = this.#options;
    const { choices, time, schedule } = simulation;
    const { freezes } = schedule;
    if (!freezes || this.#isCalm) return undefined;
    const key = `${invocation} freeze`;
    const draw = () => {
      if (!choices.oneIn(key, freezes.oneIn)) return undefined;
      return {
        closed: choices.oneIn(`${key} closed`, freezes.closeOneIn),
        afterMs: choices.below(`${key} after`, freezes.latestMs),
        ms: choices.between(`${key} for`, 1, freezes.longestMs),
      };
    };
    const at = { key, step: `the ${environment.process.name.split(" ")[0]} is at work`, atMs: time.now };
    const freeze = choices.deviation(at, draw, () => "frozen");
    if (freeze === undefined) return undefined;
    return time.after(freeze.afterMs, () => {
      troubles.met++;
      simulation.trace(() => `${environment.process.name} is frozen for ${freeze.ms} ms`);
      environment.freeze(freeze.closed);
      time.after(freeze.ms, () => environment.thaw());
    });
  }

  #environment(name: FunctionName): ExecutionEnvironment {
    const { simulation, world, tmdb, troubles } = this.#options;
    const process = simulation.process(name);
    const calls = new ServiceCalls(process, `the ${name}`, simulation, troubles);
    const connections = new TmdbConnections(process, tmdb, simulation, troubles, this.attempts);
    const load = () => HANDLERS[name](this.#settings, world, calls, connections, new FunctionLog(simulation, name));
    return new ExecutionEnvironment({ name, process, calls, connections, simulation, load });
  }
}
