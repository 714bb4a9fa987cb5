// One consumer of benchBudget: its share of the lotes, one after the other, as Lambda would hand them to a warm process.
import { workerData } from "node:worker_threads";
import type { TmdbSettings } from "@lotes/core";
import { fetchLote } from "@lotes/core/lote/fetch-lote";
import { TmdbClient } from "@lotes/core/tmdb/tmdb-client";

export interface ConsumerTask {
  readonly settings: TmdbSettings;
  readonly consumers: number;
  readonly lotes: readonly (readonly string[])[];
}

const { settings, consumers, lotes } = workerData as ConsumerTask;
const movies = new TmdbClient(settings, consumers);
// As much as a function of one minute gives to the requests.
const MOST_MS = 50_000;
for (const ids of lotes) {
  const { failures } = await fetchLote(ids, movies, Date.now() + MOST_MS);
  if (failures.length > 0) throw new Error(`${failures.length} ids failed: ${failures[0]?.reason}`);
}
process.exit();
