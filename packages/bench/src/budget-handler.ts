// The consumer of benchBudget: fetches a lote as the deployed one does, and writes nothing.
import { setTimeout as delay } from "node:timers/promises";
import type { TmdbSettings } from "@lotes/core";
import { fetchLote } from "@lotes/core/stages/fetch-lote";
import { TmdbClient } from "@lotes/tmdb";

export interface ConsumerTask {
  readonly settings: TmdbSettings;
  readonly consumers: number;
}

// As much as a function of one minute gives to the requests, and to all.
const FETCHING_MS = 50_000;
const INVOCATION_MS = 59_500;
// The lote's file, and the look at the run after it: two calls to S3 after one another.
const WRITES_MS = 100;

const { settings, consumers } = JSON.parse(process.env.TASK ?? "") as ConsumerTask;
const movies = new TmdbClient(settings, { concurrency: consumers });

export async function handler(ids: readonly string[]): Promise<void> {
  const began = performance.now();
  const work = async () => {
    const { failures } = await fetchLote(ids, movies, began + FETCHING_MS);
    if (failures.length > 0) throw new Error(`${failures.length} ids failed: ${failures[0]?.reason}`);
    if (ids.length > 0) await delay(WRITES_MS);
  };
  await movies.invocation(work, began + INVOCATION_MS);
}
