import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { AwsRequest, Fault, LocalStackOptions } from "@lotes/local";
import { startTmdbStandIn, type Timing } from "@lotes/local";
import { afterEach, describe, expect, test } from "vitest";
import { inThreads, Run } from "./support.ts";

const TOKEN = "the-token-of-the-tests";
const SETTLED = { timeout: 120_000, interval: 250 };
/** Five deliveries in some ten seconds, where the deployed ones take half an hour. */
const QUICK: Partial<Timing> = { loteVisibilitySeconds: 1, producerRetryDelaysMs: [100, 100] };
/** Two that are waited for to their ends: long enough for a slow machine to fetch the lote each time. */
const KILLED: Partial<Timing> = { ...QUICK, consumerTimeoutMs: 12_000, maxReceiveCount: 2 };
const ids = movieIds(120);

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

async function start(options: {
  token?: string;
  timing?: Partial<Timing>;
  handlers?: NonNullable<LocalStackOptions["handlers"]>;
  fault?: (request: AwsRequest) => Fault | undefined;
}): Promise<Run> {
  const tmdb = await startTmdbStandIn({ facts: ids.map(facts), token: TOKEN });
  running.push(tmdb);
  const run = await Run.start({
    settings: { TMDB_TOKEN: options.token ?? TOKEN, TMDB_BASE_URL: tmdb.url, TMDB_REQUESTS_PER_SECOND: "400" },
    ...options,
  });
  running.push(run);
  return run;
}

function writesLote(request: AwsRequest, lote: number): boolean {
  return request.service === "s3" && request.method === "PUT" && request.key.endsWith(`/lote_${lote}.json`);
}

describe("a lote that no consumer can finish", () => {
  const faults: [string, Fault, Pick<LocalStackOptions, "timing" | "handlers">][] = [
    ["S3 refuses its file", { status: 403, code: "AccessDenied", message: "Access Denied" }, { timing: QUICK }],
    ["its consumer is killed at every try, waiting for S3", "hang", { timing: KILLED, handlers: inThreads }],
  ];

  test.each(faults)(
    "since %s, comes through SQS's own redrive into the ledger as lote_failed",
    async (_, fault, options) => {
      const run = await start({
        ...options,
        fault: (request) => (writesLote(request, 1) ? fault : undefined),
      });
      await run.drop(csvSelecting(ids));
      const accountant = run.accountant();
      await expect.poll(async () => (await accountant.account())?.settled, SETTLED).toBe(true);

      const ledger = await run.ledger();
      expect(ledger.map((entry) => entry.imdb_id)).toEqual(ids.slice(0, 100));
      expect(new Set(ledger.map((entry) => entry.reason))).toEqual(new Set(["lote_failed"]));
      expect(ledger.every((entry) => entry.retryable && entry.attempts === 1)).toBe(true);
      expect((await run.lote(2)).map((movie) => movie.imdb_id)).toEqual(ids.slice(100));
    },
  );
});

describe("a producer that fails", () => {
  test("is invoked again until it succeeds", async () => {
    let refusals = 2;
    const run = await start({
      timing: QUICK,
      fault: (request) =>
        request.service === "s3" && request.key.endsWith("_run.json") && request.method === "PUT" && refusals-- > 0
          ? { status: 403, code: "AccessDenied", message: "Access Denied" }
          : undefined,
    });
    await run.drop(csvSelecting(ids));
    const accountant = run.accountant();
    await expect.poll(async () => (await accountant.account())?.settled, SETTLED).toBe(true);
    expect((await accountant.account())?.stored).toBe(ids.length);
  });
});

describe("a wrong token", () => {
  test("leaves every id in the ledger as unauthorized, and the token in no log and no file", async () => {
    const token = "a-wrong-but-still-secret-token";
    const run = await start({ token });
    await run.drop(csvSelecting(ids));
    const accountant = run.accountant();
    await expect.poll(async () => (await accountant.account())?.settled, SETTLED).toBe(true);

    const ledger = await run.ledger();
    expect(ledger.map((entry) => entry.imdb_id)).toEqual(ids);
    expect(new Set(ledger.map((entry) => entry.reason))).toEqual(new Set(["unauthorized"]));
    const files = await Array.fromAsync(run.store.list("Raw/TMDB/"), ({ key }) => run.store.get(key));
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify([files, run.log])).not.toContain(token);
  });
});

describe("the functions' log", () => {
  test("names the run, the date and the lote on every line about a lote", async () => {
    const run = await start({});
    await run.drop(csvSelecting(ids));
    const accountant = run.accountant();
    await expect.poll(async () => (await accountant.account())?.settled, SETTLED).toBe(true);
    const account = await accountant.account();
    const lines = run.log.filter((line) => line.service === "consumer");
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      expect(line.fields).toMatchObject({ run: account?.run.run, date: "2026/11/23", lote: expect.any(Number) });
    }
  });
});
