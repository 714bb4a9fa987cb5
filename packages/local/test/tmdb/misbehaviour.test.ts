import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { MisbehaviourAnswer, MisbehaviourRule } from "../../src/tmdb/misbehaviour-rule.ts";
import type { TmdbStandIn } from "../../src/tmdb/start-tmdb-stand-in.ts";
import {
  FACTS,
  getMovie,
  misbehaving,
  start,
  statuses,
  TOO_MANY,
  tmdbInProcess,
  untilStatus,
} from "../support/tmdb.ts";

/** One for all tests that need nothing of their own. */
let plain: TmdbStandIn;
beforeAll(async () => {
  plain = await tmdbInProcess({ facts: FACTS });
});
afterAll(() => plain.stop());

describe("misbehaviour answers with", () => {
  const answerWith = async (answer: MisbehaviourAnswer) => {
    await plain.misbehave([{ answer }]);
    onTestFinished(() => plain.misbehave([]));
    return getMovie(plain, "tt0055630");
  };

  test.for([
    [401, 10],
    [500, 11],
    [503, 9],
    [504, 24],
  ] as const)("status %i and TMDB's code %i", async ([status, code]) => {
    expect(await answerWith({ status })).toMatchObject({ status, body: { success: false, status_code: code } });
  });

  test.for([
    [undefined, null],
    [3, "3"],
    ["Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"],
  ] as const)("status 429 and Retry-After %s", async ([retryAfter, header]) => {
    const answer = await answerWith({ status: 429, ...(retryAfter !== undefined && { retryAfter }) });

    expect(answer).toMatchObject({ status: 429, body: TOO_MANY });
    expect(answer.headers.get("retry-after")).toBe(header);
  });

  test("silence: the request hangs until the client gives up, others are served meanwhile", async () => {
    const standIn = await misbehaving({ ids: ["tt0055630"], answer: "hang" });
    const patience = new AbortController();

    let settled = false;
    const hanging = fetch(`${standIn.url}/3/movie/tt0055630`, { signal: patience.signal }).finally(() => {
      settled = true;
    });
    await expect.poll(async () => (await standIn.stats()).outcomes).toEqual({ hang: 1 });
    const other = await getMovie(standIn, "tt0056923");

    expect(other.status).toBe(200);
    expect(settled).toBe(false);
    patience.abort();
    await expect(hanging).rejects.toThrow("aborted");
  });

  test("a reset of the connection", async () => {
    const standIn = await misbehaving({ answer: "reset" });

    await expect(getMovie(standIn, "tt0055630")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect((await standIn.stats()).outcomes).toEqual({ reset: 1 });
  });

  test("a web page", async () => {
    const answer = await answerWith("html");

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.body).toMatch(/^<!DOCTYPE html>/);
  });

  test.for([null, [], {}, "ok", { id: "not a number" }])("status 200 and the JSON %o", async (body) => {
    expect(await answerWith({ status: 200, body })).toMatchObject({
      status: 200,
      body,
    });
  });
});

describe("a misbehaviour rule applies", () => {
  test("to the given ids only, and the first that matches answers", async () => {
    const standIn = await misbehaving(
      { ids: ["tt0055630"], answer: { status: 500 } },
      { ids: ["tt0055630", "4808"], answer: { status: 503 } },
    );

    expect(await statuses(standIn, 1, "tt0055630")).toEqual([500]);
    expect(await statuses(standIn, 1, "4808")).toEqual([503]);
    expect(await statuses(standIn, 1, "tt0056923")).toEqual([200]);
  });

  test("to the first requests of each id with `times`, after which later rules have their turn", async () => {
    const standIn = await misbehaving({ times: 2, answer: { status: 500 } }, { times: 1, answer: { status: 503 } });

    expect(await statuses(standIn, 4, "tt0055630")).toEqual([500, 500, 503, 200]);
    expect(await statuses(standIn, 4, "tt0056923")).toEqual([500, 500, 503, 200]);
  });

  test("to so many requests in all with `limit`", async () => {
    const standIn = await misbehaving({ limit: 3, answer: { status: 500 } });

    expect(await statuses(standIn, 2, "tt0055630")).toEqual([500, 500]);
    expect(await statuses(standIn, 2, "tt0056923")).toEqual([500, 200]);
  });

  test("in its window since the first request", async () => {
    const standIn = await misbehaving({ window: { fromMs: 100, toMs: 400 }, answer: { status: 503 } });

    await untilStatus(standIn, 200);
    await untilStatus(standIn, 503);
    await untilStatus(standIn, 200);

    const arrivals = await standIn.arrivals();
    const since = ({ at }: { at: number }) => at - (arrivals[0]?.at ?? 0);
    expect(arrivals.map(({ outcome }) => outcome)).toEqual(
      arrivals.map((arrival) => (since(arrival) >= 100 && since(arrival) < 400 ? 503 : 200)),
    );
  });

  test("to its share of the requests, the same ones with the same seed", async () => {
    const options = { misbehaviour: [{ share: 0.25, answer: { status: 500 } }] } as const;
    const [one, same, other] = await Promise.all([start(options), start(options), start({ ...options, seed: 2 })]);

    const [seen, again, otherwise] = await Promise.all([one, same, other].map((standIn) => statuses(standIn, 40)));

    const failed = seen?.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(4);
    expect(failed).toBeLessThan(16);
    expect(again).toEqual(seen);
    expect(otherwise).not.toEqual(seen);
  });

  test("until the rules are replaced; new ones count from zero", async () => {
    const once: MisbehaviourRule[] = [{ times: 1, answer: { status: 500 } }];
    const standIn = await start();
    const seen = await statuses(standIn, 1);

    await standIn.misbehave(once);
    seen.push(...(await statuses(standIn, 2)));
    await standIn.misbehave(once);
    seen.push(...(await statuses(standIn, 1)));
    await standIn.misbehave([]);
    seen.push(...(await statuses(standIn, 1)));

    expect(seen).toEqual([200, 500, 200, 500, 200]);
  });
});
