import {
  Accountant,
  collect,
  consumeLote,
  inputKey,
  loadSettings,
  loteFileReader,
  type OutgoingMessage,
  parseMessage,
  produce,
} from "@lotes/core";
import { csv, row } from "@lotes/core/testing/csv";
import { MemoryStore, textObject } from "@lotes/core/testing/memory-store";
import { movieIds } from "@lotes/core/testing/movies";
import { QUIET } from "@lotes/core/testing/quiet";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TmdbClient } from "../src/tmdb-client.ts";
import { mostInASecond } from "./support/requests.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";
import { VirtualTmdb } from "./support/virtual-tmdb.ts";

const DATE = "2026/11/23";
const MINUTE_MS = 60_000;
/** TMDB's. */
const BUDGET = 40;
const CONSUMERS = 2;

beforeEach(useVirtualTime);
afterEach(useRealTime);

/** A queue that hands out each message once. */
class MemoryQueue {
  readonly messages: OutgoingMessage[] = [];

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    this.messages.push(...messages);
  }
}

/** Lets the time pass until the work is done, and returns what came of it. */
async function untilDone<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  while (!done) await pass(1_000);
  return ended;
}

test("2,000 ids end stored or not_found, with no sliding second over the budget and at least 95 % of it used", async () => {
  const known = movieIds(1_960);
  const unknown = Array.from({ length: 40 }, (_, index) => `tt${7_000_000 + index}`);
  const tmdb = new VirtualTmdb((id) => !id.startsWith("tt7"));
  const store = new MemoryStore();
  const [loteQueue, deadLetterQueue] = [new MemoryQueue(), new MemoryQueue()];
  const settings = loadSettings({ TMDB_TOKEN: "the-token-of-the-tests", TMDB_REQUESTS_PER_SECOND: String(BUDGET) });

  const key = inputKey(DATE);
  const rows = [...known, ...unknown].map((id) => row({ id }));
  await untilDone(store.putIf(key, undefined, textObject(csv(...rows))));
  const { etag = "" } = (await untilDone(store.get(key))) ?? {};
  const source = { bucket: "b", key, etag, size: 1, sequencer: "01" };
  const { filter, loteSize, maxMalformedPercent } = settings;
  await untilDone(produce(source, DATE, { store, loteQueue, filter, loteSize, maxMalformedPercent, ...QUIET }));

  const consumer = async () => {
    const movies = new TmdbClient(settings.tmdb, { concurrency: CONSUMERS }, undefined, tmdb.adapter);
    for (let next = loteQueue.messages.shift(); next !== undefined; next = loteQueue.messages.shift()) {
      const delivery = { receiveCount: 1, sentAt: new Date() };
      const deps = { ...QUIET, store, deadLetterQueue, movies };
      const { body } = next;
      const end = performance.now() + MINUTE_MS;
      await movies.invocation(() => consumeLote(parseMessage(body), delivery, end, deps), end);
    }
  };
  await untilDone(Promise.all(Array.from({ length: CONSUMERS }, consumer)));
  const letters = deadLetterQueue.messages.map(({ body }) => ({ body, sentAt: new Date() }));
  await untilDone(Promise.all(collect(letters, { store, ...QUIET })));

  const account = await untilDone(new Accountant(store, DATE).account());
  expect(account?.stored).toBe(1_960);
  expect(account?.settled).toBe(true);
  expect(account?.failures.map((entry) => entry.imdb_id).sort()).toEqual(unknown);
  expect(new Set(account?.failures.map((entry) => entry.reason))).toEqual(new Set(["not_found"]));

  const { lotes = [] } = (await untilDone(new Accountant(store, DATE, loteFileReader(store, DATE)).look())) ?? {};
  for (const { work } of lotes.map(({ content }) => content)) {
    // What the lotes waited for: the budget, and not TMDB.
    const { limiter = 0, pause = 0, tmdb = 0 } = work?.times ?? {};
    const ms = (work?.endedAt.getTime() ?? 0) - (work?.startedAt.getTime() ?? 0);
    expect(Math.abs(limiter + pause + tmdb - ms)).toBeLessThanOrEqual(3);
    expect(limiter).toBeGreaterThan(0.9 * ms);
    expect(pause).toBe(0);
  }

  const { arrivals } = tmdb;
  expect(arrivals).toHaveLength(2_000);
  expect(mostInASecond(arrivals)).toBeLessThanOrEqual(BUDGET);
  const seconds = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000;
  expect(arrivals.length / seconds / BUDGET).toBeGreaterThanOrEqual(0.95);
});
