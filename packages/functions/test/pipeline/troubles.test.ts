import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { AwsRequest, Fault, LocalStackOptions, Timing } from "@lotes/local";
import { TmdbServer } from "@lotes/local/tmdb/tmdb-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consumerInThreads, Run } from "./support.ts";

const TOKEN = "the-token-of-the-tests";
const WRONG_TOKEN = "a-wrong-but-still-secret-token";
const REFUSAL: Fault = { status: 403, code: "AccessDenied", message: "Access Denied" };
/** Five deliveries in some ten seconds, where the deployed ones take half an hour. */
const QUICK: Partial<Timing> = { loteVisibilitySeconds: 1, producerRetryDelaysMs: [100, 100] };
/** Two that are waited for to their ends: long enough for a slow machine to fetch the lote each time. */
const KILLED: Partial<Timing> = { ...QUICK, consumerTimeoutMs: 12_000, maxReceiveCount: 2 };
/** Of two lotes. */
const ids = movieIds(12);
const LOTE_SIZE = 10;

// Three runs of one stack, and one of each other.
const LOTE_REFUSED = "2026/11/23";
const PRODUCER_REFUSED = "2026/11/24";
const UNTROUBLED = "2026/11/25";

const running: { stop(): Promise<void> }[] = [];
let baseUrl: string;

async function start(options: Partial<LocalStackOptions>): Promise<Run> {
  const settings = { TMDB_TOKEN: TOKEN, ...options.settings, TMDB_BASE_URL: baseUrl, LOTE_SIZE: String(LOTE_SIZE) };
  const run = await Run.start({ ...options, settings });
  running.push(run);
  return run;
}

const writes = (request: AwsRequest, date: string, name: string) =>
  request.service === "s3" && request.method === "PUT" && request.key.endsWith(`/${date}/${name}`);

let producerRefusals = 0;
function refused(request: AwsRequest): Fault | undefined {
  if (writes(request, LOTE_REFUSED, "lote_1.json")) return REFUSAL;
  if (!writes(request, PRODUCER_REFUSED, "_run.json") || producerRefusals === 2) return undefined;
  producerRefusals++;
  return REFUSAL;
}

let troubled: Run;
let killed: Run;
let unauthorized: Run;
/** All at once: each of them waits for most of its time. */
beforeAll(async () => {
  const server = new TmdbServer({ facts: ids.map(facts), token: TOKEN });
  baseUrl = await server.listen(0);
  running.push({ stop: () => server.close() });
  [troubled, killed, unauthorized] = await Promise.all([
    start({ timing: QUICK, fault: refused }),
    start({
      timing: KILLED,
      handlers: consumerInThreads,
      fault: (request) => (writes(request, LOTE_REFUSED, "lote_1.json") ? "hang" : undefined),
    }),
    start({ settings: { TMDB_TOKEN: WRONG_TOKEN } }),
  ]);
  const csv = csvSelecting(ids);
  const dates = [LOTE_REFUSED, PRODUCER_REFUSED, UNTROUBLED];
  const drops = [...dates.map((date) => troubled.drop(csv, date)), killed.drop(csv), unauthorized.drop(csv)];
  await Promise.all(drops);
});
afterAll(async () => {
  for (const each of running.reverse()) await each.stop();
});

describe("a lote that no consumer can finish", () => {
  test.each([
    ["S3 refuses its file", () => troubled],
    ["its consumer is killed at every try, waiting for S3", () => killed],
  ])("since %s, comes through SQS's own redrive into the ledger as lote_failed", async (_, runOf) => {
    const run = runOf();
    expect(await run.settled(LOTE_REFUSED)).toMatchObject({ settled: true });

    const ledger = await run.ledger(LOTE_REFUSED);
    expect(ledger.map((entry) => entry.imdb_id)).toEqual(ids.slice(0, LOTE_SIZE));
    expect(new Set(ledger.map((entry) => entry.reason))).toEqual(new Set(["lote_failed"]));
    expect(ledger.every((entry) => entry.retryable && entry.attempts === 1)).toBe(true);
    expect((await run.lote(2, LOTE_REFUSED)).map((movie) => movie.imdb_id)).toEqual(ids.slice(LOTE_SIZE));
  });
});

describe("a producer that fails", () => {
  test("is invoked again until it succeeds", async () => {
    expect(await troubled.settled(PRODUCER_REFUSED)).toMatchObject({ settled: true, stored: ids.length });
    expect(producerRefusals).toBe(2);
  });
});

describe("a wrong token", () => {
  test("leaves every id in the ledger as unauthorized, and the token in no log and no file", async () => {
    expect(await unauthorized.settled()).toMatchObject({ settled: true });

    const ledger = await unauthorized.ledger();
    expect(ledger.map((entry) => entry.imdb_id)).toEqual(ids);
    expect(new Set(ledger.map((entry) => entry.reason))).toEqual(new Set(["unauthorized"]));
    const { store, log } = unauthorized;
    const files = await Array.fromAsync(store.list("Raw/TMDB/"), ({ key }) => store.get(key));
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify([files, log])).not.toContain(WRONG_TOKEN);
  });
});

describe("the functions' log", () => {
  test("names the run, the date and the lote on every line about a lote", async () => {
    for (const date of [LOTE_REFUSED, PRODUCER_REFUSED, UNTROUBLED]) {
      const account = await troubled.settled(date);
      const lines = troubled.log.filter(({ service, fields }) => service === "consumer" && fields.date === date);
      expect(lines).not.toEqual([]);
      for (const { fields } of lines) expect(fields).toMatchObject({ run: account?.run.run, lote: expect.any(Number) });
    }
    for (const line of troubled.log.filter(({ service }) => service === "consumer"))
      expect(line.fields).toMatchObject({ date: expect.any(String) });
  });
});
