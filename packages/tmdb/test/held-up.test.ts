import { loteKey, type OutgoingMessage, parseMessage, runKey } from "@lotes/core";
import { parseLoteFile } from "@lotes/core/files/lote-file";
import { runObject } from "@lotes/core/files/run-file";
import { consumeLote, LoteHeldUpError } from "@lotes/core/stages/consume";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { failuresIn } from "@lotes/core/testing/messages";
import { movieIds, tmdbAnswer } from "@lotes/core/testing/movies";
import { QUIET } from "@lotes/core/testing/quiet";
import { queuedRun } from "@lotes/core/testing/runs";
import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TmdbClient } from "../src/tmdb-client.ts";
import { tmdbError } from "./support/axios-errors.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

const DATE = "2026/11/23";
const IDS = movieIds(100);
/** More than are under way at once. */
const FEW = IDS.slice(0, 30);
/** What a consumer has for its requests. */
const FETCHING_MS = 50_000;
const SIX_MINUTES_MS = 360_000;

interface Refusal {
  readonly status: number;
  readonly retryAfter?: string;
}

/** What the next requests are answered with; when there is no more, with their movie. */
let refusals: (Refusal | undefined)[];
let requests: number;
let store: MemoryStore;
let movies: TmdbClient;
let letters: OutgoingMessage[];

beforeEach(async () => {
  useVirtualTime();
  // Node's own follows the real time.
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  refusals = [];
  requests = 0;
  letters = [];
  const settings = { baseUrl: "http://tmdb.test", token: "token", language: "pt-BR", requestsPerSecond: 40 };
  movies = new TmdbClient(settings, { concurrency: 2 }, undefined, answer);
  store = new MemoryStore();
  const written = store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  await pass(1_000);
  await written;
});
afterEach(() => {
  vi.restoreAllMocks();
  useRealTime();
});

async function answer(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
  requests++;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const refusal = refusals.shift();
  const request = { reusedSocket: true };
  const id = config.url?.split("/").at(-1) ?? "";
  const data = tmdbAnswer({ id: Number(id.slice(2)), imdb_id: id });
  if (refusal === undefined) return { status: 200, statusText: "OK", headers: {}, config, data, request };
  const { status, retryAfter } = refusal;
  const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  const response = { status, statusText: "", headers, config, data: tmdbError(25, "Over the limit."), request };
  throw new AxiosError("refused", AxiosError.ERR_BAD_REQUEST, config, request, response);
}

interface Consumed {
  readonly error: unknown;
  readonly ms: number;
  readonly requests: number;
}

/** Delivers a lote, and waits until the consumer is through. */
async function consume({ ids = IDS, lote = 1, receiveCount = 1 } = {}): Promise<Consumed> {
  const message = { kind: "lote" as const, run: queuedRun("01").run, date: DATE, lote, ids, attempts: 0 };
  const delivery = { receiveCount, sentAt: new Date(0) };
  const deadLetterQueue = { send: async (sent: readonly OutgoingMessage[]) => void letters.push(...sent) };
  const begunAt = performance.now();
  const before = requests;
  let error: unknown;
  let isOver = false;
  movies
    .invocation(
      () => consumeLote(message, delivery, begunAt + FETCHING_MS, { ...QUIET, store, deadLetterQueue, movies }),
      begunAt + FETCHING_MS + 9_000,
    )
    .catch((thrown) => {
      error = thrown;
    })
    .finally(() => {
      isOver = true;
    });
  while (!isOver) await pass(50);
  return { error, ms: performance.now() - begunAt, requests: requests - before };
}

async function storedIds(ids = IDS, lote = 1): Promise<string[]> {
  const reading = store.get(loteKey(DATE, lote));
  await pass(1_000);
  const file = await reading;
  return file === undefined ? [] : [...parseLoteFile(file, ids).records.keys()];
}

function reported(): string[] {
  return letters.flatMap(({ body }) => failuresIn(parseMessage(body))).map(({ reason }) => reason);
}

const afterSome: undefined[] = Array.from({ length: 14 });

describe("one 429 that asks for a pause beyond the function's time", () => {
  test.each([["3600"], ["60"], ["1e12"], [new Date(Date.UTC(2030, 0)).toUTCString()]])(
    "(%s) gives the lote back at once: what was fetched is stored, and no id has failed",
    async (retryAfter) => {
      refusals = [...afterSome, { status: 429, retryAfter }];
      const { error, ms } = await consume({ ids: FEW });
      expect(error).toBeInstanceOf(LoteHeldUpError);
      expect(ms).toBeLessThan(5_000);
      expect((await storedIds(FEW)).length).toBeGreaterThanOrEqual(14);
      expect(reported()).toEqual([]);

      // The next delivery, after the visibility timeout.
      await pass(SIX_MINUTES_MS);
      expect((await consume({ ids: FEW, receiveCount: 2 })).error).toBeUndefined();
      expect(await storedIds(FEW)).toEqual(FEW);
      expect(reported()).toEqual([]);
    },
  );

  test("holds for every lote that this process gets meanwhile: it asks for nothing, and gives them back", async () => {
    refusals = [{ status: 429, retryAfter: "3600" }];
    await consume();
    for (const lote of [2, 3, 4]) {
      const { error, ms, requests: sent } = await consume({ lote });
      expect(error).toBeInstanceOf(LoteHeldUpError);
      expect(sent).toBe(0);
      // Not one after the other: another process may be free to work on them.
      expect(ms).toBeGreaterThan(FETCHING_MS - 100);
      expect(ms).toBeLessThan(FETCHING_MS + 1_000);
    }
    expect(reported()).toEqual([]);
  });

  test("is the reason of its ids when SQS has delivered the lote for the last time", async () => {
    refusals = [...afterSome, { status: 429, retryAfter: "3600" }];
    expect((await consume({ receiveCount: 5 })).error).toBeUndefined();
    const stored = await storedIds();
    expect(reported()).toEqual(IDS.slice(stored.length).map(() => "rate_limited"));
  });
});

describe("a pause that fits", () => {
  test("into the function's time, with time for the rest, is waited out", async () => {
    refusals = [...afterSome, { status: 429, retryAfter: "30" }];
    const { error, ms } = await consume();
    expect(error).toBeUndefined();
    expect(ms).toBeGreaterThan(30_000);
    expect(await storedIds()).toEqual(IDS);
  });

  test("but leaves too little for the rest is no failure of theirs either", async () => {
    refusals = [...afterSome, { status: 429, retryAfter: "46" }];
    expect((await consume()).error).toBeInstanceOf(LoteHeldUpError);
    expect((await storedIds()).length).toBeLessThan(100);
    expect(reported()).toEqual([]);
  });
});

test.each([["0"], ["-60"], ["soon"], ["Thu, 01 Jan 1970 00:00:00 GMT"], [undefined]])(
  "a Retry-After of nothing of use (%s) holds nothing up",
  async (retryAfter) => {
    refusals = [{ status: 429, ...(retryAfter !== undefined && { retryAfter }) }];
    expect(await consume({ ids: FEW })).toMatchObject({ error: undefined });
    expect(await storedIds(FEW)).toEqual(FEW);
  },
);

test("a 429 that lasts, and asks for no long pause, is reported when the time is over", async () => {
  refusals = Array.from({ length: 10_000 }, () => ({ status: 429, retryAfter: "2" }));
  expect((await consume()).error).toBeUndefined();
  expect(new Set(reported())).toEqual(new Set(["rate_limited", "deadline"]));
});

test("a stray 503 that asks for an hour does not use up the lote's time", async () => {
  refusals = Array.from({ length: 14 }, () => ({ status: 503, retryAfter: "3600" }));
  const { error, ms } = await consume();
  expect(error).toBeUndefined();
  expect(ms).toBeLessThan(15_000);
  expect(await storedIds()).toEqual(IDS);
});
