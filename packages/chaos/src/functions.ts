import type { Socket } from "node:net";
import type { FunctionName } from "@lotes/bundler/function-code";
import { awsEnvironment } from "@lotes/local/client-config";
import type { Activity } from "./activity.ts";
import type { Disturbances } from "./disturbances.ts";
import { ExecutionEnvironment } from "./execution-environment.ts";
import type { Troubles } from "./fates.ts";
import type { Lab } from "./lab.ts";
import { type Schedule, seedOf } from "./schedule.ts";
import type { World } from "./world.ts";

// By then a message that was being sent can be received.
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

/** The three functions of one schedule, as Lambda keeps them: warm environments, and new ones for those that died. */
export class Functions {
  /** All that they printed. */
  readonly output: string[] = [];
  deaths = 0;
  readonly #options: FunctionsOptions;
  readonly #invocations: Record<FunctionName, number> = { producer: 0, consumer: 0, collector: 0 };
  readonly #idle: Record<FunctionName, ExecutionEnvironment[]> = { producer: [], consumer: [], collector: [] };
  readonly #sockets = new Set<Socket>();

  constructor(options: FunctionsOptions) {
    this.#options = options;
  }

  /** @returns what the function answered; undefined when it failed or died */
  invoke<T extends object>(name: FunctionName, event: unknown): Promise<T | undefined> {
    const { schedule, activity } = this.#options;
    const { seed, index, functionMs } = schedule;
    const nth = this.#invocations[name]++;
    const environment = this.#idle[name].pop() ?? this.#environment(name);
    return activity.during(async () => {
      try {
        // Three functions, each with its own numbers.
        const fates = seedOf(seedOf(seed, index), nth * 3 + Object.keys(this.#idle).indexOf(name));
        return ((await environment.invoke(event, functionMs, fates)) ?? {}) as T;
      } catch {
        return undefined;
      } finally {
        if (environment.dead) this.deaths++;
        else this.#idle[name].push(environment);
      }
    });
  }

  /** Ends every connection. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #environment(name: FunctionName): ExecutionEnvironment {
    const { schedule, lab, world, activity, troubles, disturbances, tmdbPort, token } = this.#options;
    const link = (properties: Record<string, string>) => JSON.stringify(properties);
    return new ExecutionEnvironment({
      name,
      code: lab.code[name],
      ports: { aws: Number(new URL(lab.awsUrl).port), faultyAws: lab.faultyAwsPort, tmdb: tmdbPort },
      troubles,
      disturbances,
      sockets: this.#sockets,
      onSent: () => setTimeout(() => activity.ring(name === "producer" ? "LoteQueue" : "DeadLetterQueue"), SENT_MS),
      onOutput: (text) => this.output.push(text),
      env: {
        ...awsEnvironment(lab.awsUrl),
        AWS_LAMBDA_FUNCTION_NAME: name,
        POWERTOOLS_METRICS_DISABLED: "true",
        TMDB_BASE_URL: `http://127.0.0.1:${tmdbPort}`,
        TMDB_REQUESTS_PER_SECOND: String(schedule.requestsPerSecond),
        CONSUMER_CONCURRENCY: String(schedule.consumers),
        LOTE_SIZE: String(schedule.loteSize),
        // Of a dozen rows one is more than a hundredth.
        MAX_MALFORMED_PERCENT: "100",
        SST_RESOURCE_App: link({ name: "lotes", stage: "chaos" }),
        SST_RESOURCE_DataLake: link({ name: world.bucket }),
        SST_RESOURCE_LoteQueue: link({ url: world.url("LoteQueue") }),
        SST_RESOURCE_DeadLetterQueue: link({ url: world.url("DeadLetterQueue") }),
        SST_RESOURCE_TmdbToken: link({ value: token }),
      },
    });
  }
}
