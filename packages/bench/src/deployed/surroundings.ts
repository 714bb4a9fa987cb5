import { startTmdbStandIn } from "@lotes/local";
import { awsEnvironment } from "@lotes/local/client-config";
import { movie } from "../budget.ts";
import { Aws } from "./aws.ts";
import { Queue } from "./queue.ts";

export const BUCKET = "data-lake";
const TOKEN = "token";

/** The number of the id `tt1000000`. */
const FIRST_NUMBER = 1_000_000;

export function idOf(n: number): string {
  return `tt${FIRST_NUMBER + n}`;
}

export interface SurroundingsOptions {
  /** The ids that TMDB knows, by their place from 0. */
  readonly known: readonly number[];
  /** How long TMDB takes for an answer. */
  readonly latencyMs?: number | undefined;
  /** How long S3 and SQS take for an answer. */
  readonly awsLatencyMs?: number | undefined;
}

/** S3, SQS and TMDB. What one run leaves there is there for the next. */
export class Surroundings {
  readonly queues = { LoteQueue: new Queue(), DeadLetterQueue: new Queue() };
  readonly aws: Aws;
  readonly tmdb: Awaited<ReturnType<typeof startTmdbStandIn>>;

  private constructor(tmdb: Awaited<ReturnType<typeof startTmdbStandIn>>, awsLatencyMs: number) {
    this.tmdb = tmdb;
    this.aws = new Aws(this.queues, awsLatencyMs);
  }

  static async start({ known, latencyMs, awsLatencyMs = 0 }: SurroundingsOptions): Promise<Surroundings> {
    const facts = known.map((n) => movie(FIRST_NUMBER + n));
    const tmdb = await startTmdbStandIn({ facts, token: TOKEN, ...(latencyMs && { latencyMs }) });
    return new Surroundings(tmdb, awsLatencyMs);
  }

  /**
   * The variables by which a function finds them.
   * @param awsUrl where S3 and SQS listen for it
   */
  environment(awsUrl: string): Record<string, string> {
    return {
      ...awsEnvironment(awsUrl),
      TMDB_BASE_URL: this.tmdb.url,
      POWERTOOLS_METRICS_DISABLED: "true",
      SST_RESOURCE_App: JSON.stringify({ name: "lotes", stage: "bench" }),
      SST_RESOURCE_DataLake: JSON.stringify({ name: BUCKET }),
      SST_RESOURCE_LoteQueue: JSON.stringify({ url: `${awsUrl}/queues/LoteQueue` }),
      SST_RESOURCE_DeadLetterQueue: JSON.stringify({ url: `${awsUrl}/queues/DeadLetterQueue` }),
      SST_RESOURCE_TmdbToken: JSON.stringify({ value: TOKEN }),
    };
  }

  async stop(): Promise<void> {
    this.aws.stop();
    await this.tmdb.stop();
  }
}
