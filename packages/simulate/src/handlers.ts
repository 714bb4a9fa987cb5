import { loadSettings, originOf, type Settings } from "@lotes/core";
import type { FunctionName } from "@lotes/core/topology";
import { collectorHandler } from "@lotes/functions/collector-handler";
import { consumerHandler } from "@lotes/functions/consumer-handler";
import { producerHandler } from "@lotes/functions/producer-handler";
import type { Schedule } from "@lotes/schedules/schedule";
import { TmdbClient } from "@lotes/tmdb";
import type { Handler } from "./execution-environment.ts";
import { type FunctionLog, NO_METRICS } from "./function-log.ts";
import type { ServiceCalls } from "./service-calls.ts";
import type { TmdbConnections } from "./tmdb-connections.ts";
import type { World } from "./world.ts";

/** A schedule's settings, as the functions read theirs. */
export function settingsOf({ requestsPerSecond, consumers, loteSize, reuseHours }: Schedule, token: string): Settings {
  return loadSettings({
    TMDB_TOKEN: token,
    TMDB_REQUESTS_PER_SECOND: String(requestsPerSecond),
    CONSUMER_CONCURRENCY: String(consumers),
    LOTE_SIZE: String(loteSize),
    REUSE_HOURS: String(reuseHours),
  });
}

type Load = (
  settings: Settings,
  world: World,
  calls: ServiceCalls,
  connections: TmdbConnections,
  logger: FunctionLog,
) => Handler;

/** The functions as they are deployed, but over what is simulated. */
export const HANDLERS: Readonly<Record<FunctionName, Load>> = {
  producer: ({ tmdb, filter, loteSize, maxMalformedPercent, reuseHours }, world, calls, _, logger) =>
    producerHandler({
      ...(world.ledgerParts && { ledgerParts: world.ledgerParts }),
      store: world.store(calls),
      loteQueue: world.sender("LoteQueue", calls),
      deadLetterQueue: world.sender("DeadLetterQueue", calls),
      filter,
      loteSize,
      requestsPerSecond: tmdb.requestsPerSecond,
      reuse: { hours: reuseHours, origin: originOf(tmdb) },
      maxMalformedPercent,
      logger,
      metrics: NO_METRICS,
    }),
  consumer: ({ tmdb, consumerConcurrency, reuseHours }, world, calls, connections, logger) =>
    consumerHandler({
      store: world.store(calls),
      deadLetterQueue: world.sender("DeadLetterQueue", calls),
      movies: new TmdbClient(tmdb, { concurrency: consumerConcurrency, reuseHours }, undefined, connections.adapter),
      reuseHours,
      logger,
      metrics: NO_METRICS,
    }),
  collector: ({ tmdb }, world, calls, _, logger) =>
    collectorHandler({
      store: world.store(calls),
      deadLetterQueue: world.sender("DeadLetterQueue", calls),
      requestsPerSecond: tmdb.requestsPerSecond,
      logger,
      metrics: NO_METRICS,
    }),
};
