import { facts, movieIds } from "@lotes/core/testing/movie-rows";
import { MAX_RECEIVE_COUNT } from "@lotes/core/topology";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { failedIds, Operator, storedIds } from "./support/operator.ts";

const UNKNOWN = ["tt7777770", "tt7777771"];
const KNOWN = movieIds(18);
const IDS = [...KNOWN, ...UNKNOWN];
// Two lotes.
const LOTES = { LOTE_SIZE: "15" };
const ONLY_UNKNOWN_FAILED = UNKNOWN.map((id) => [id, "not_found"]);

/** What `lotes status --json` says once everything that can be got is there. */
const DONE = { ids: 20, stored: 18, failed: 2, reasons: { not_found: 2 }, settled: true, troubles: [] };

let operator: Operator;
beforeAll(async () => {
  operator = await Operator.start({ facts: KNOWN.map(facts) });
  await operator.startStack({ ...LOTES, TMDB_TOKEN: "a-wrong-token" });
});
beforeEach(() => operator.tmdb.misbehave([]));
afterAll(() => operator[Symbol.asyncDispose]());

async function expectDone(): Promise<void> {
  expect(await operator.json("status")).toMatchObject(DONE);
  const files = await operator.files();
  expect(failedIds(files)).toEqual(ONLY_UNKNOWN_FAILED);
  expect(storedIds(files)).toEqual(KNOWN);
}

describe("a replay gets what can be got, and leaves the rest in the ledger", () => {
  test("after a wrong token, once the stack was started with the right one", async () => {
    await operator.ingest(IDS);
    expect(await operator.json("status", "--watch")).toMatchObject({
      stored: 0,
      reasons: { unauthorized: 20 },
      troubles: [{ code: "token_refused", message: expect.stringContaining("TMDB refuses the token") }],
    });

    await operator.stopStack();
    await operator.startStack(LOTES);
    await operator.json("replay", "--watch");
    await expectDone();
  });

  test("after TMDB failed for some ids and was mended", async () => {
    // An error of TMDB's own that it is not asked again after, as it is for a quarter of a minute after a 500.
    await operator.tmdb.misbehave([{ ids: KNOWN.slice(0, 3), answer: { status: 422 } }]);
    await operator.ingest(IDS);
    expect(await operator.json("status", "--watch")).toMatchObject({
      stored: 15,
      reasons: { invalid_response: 3, not_found: 2 },
    });

    await operator.tmdb.misbehave([]);
    expect(await operator.json("replay", "--watch")).toMatchObject({
      ids: 3,
      lotes: 1,
      recovered: 3,
      failed_again: 0,
      settled: true,
    });
    await expectDone();
  });

  test("after SQS had given lotes up", async () => {
    await operator.setQueue("DeadLetterQueue");
    await operator.setQueue("LoteQueue", { delaySeconds: 3, receives: 1 });
    await operator.ingest(IDS);
    await operator.until(({ run, stored }) => run.status === "queued" && stored === 0);
    // Neither consumer nor collector can do anything with that: the delivery fails.
    const run = await operator.swap("_run.json", "not a run");
    await operator.untilInQueue("LoteQueue", 0);
    await operator.swap("_run.json", run);
    await operator.setQueue("LoteQueue", { receives: MAX_RECEIVE_COUNT });
    expect(await operator.json("status", "--watch")).toMatchObject({ stored: 0, reasons: { lote_failed: 20 } });

    await operator.json("replay", "--watch");
    await expectDone();
  });
});
