import { getEventListeners } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { MovieSource } from "../src/ports.ts";
import { type FetchedLote, fetchLote } from "../src/stages/fetch-lote.ts";
import { FakeMovies, known, unanswered, unauthorized } from "./support/fake-movies.ts";
import { movieIds, movieRecord } from "./support/movies.ts";

const NOT_FOUND = { reason: "not_found", status: 404, message: "could not be found" } as const;

/** Fetches with all the time there is. */
function fetched(ids: readonly string[], source: MovieSource): Promise<FetchedLote> {
  return fetchLote(ids, source, performance.now() + 60_000);
}

function failedIds({ failures }: FetchedLote): string[] {
  return failures.map(({ id }) => id);
}

function reasons({ failures }: FetchedLote): string[] {
  return [...new Set(failures.map(({ reason }) => reason))];
}

describe("a lote", () => {
  test("has a record for each id that is known", async () => {
    const ids = movieIds(100);
    const { records, failures } = await fetched(ids, new FakeMovies());
    expect(records).toEqual(new Map(ids.map((id) => [id, movieRecord(id)])));
    expect(failures).toEqual([]);
  });

  test("asks once for each id", async () => {
    const source = new FakeMovies();
    await fetched(movieIds(100), source);
    expect(source.asked).toEqual(movieIds(100));
  });

  test("begins with its ids one after the other, so that what the first one needs is done before the last one begins", async () => {
    const begunThen: number[] = [];
    const source = new FakeMovies((id) => {
      setImmediate(() => begunThen.push(source.asked.length));
      return known(id);
    });
    await fetched(movieIds(30), source);
    expect(begunThen[0]).toBeLessThan(3);
  });

  test("has its records and failures in the order of the ids, whichever was answered first", async () => {
    const ids = movieIds(20);
    const pending: (() => void)[] = [];
    const source = new FakeMovies((id) => {
      const failed = Number(id.slice(2)) % 2 === 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      pending.push(resolve);
      // The last is answered first.
      if (pending.length === ids.length) answerFrom(ids.length - 1);
      return promise.then(() => (failed ? { failure: NOT_FOUND } : known(id)));
    });
    function answerFrom(index: number): void {
      pending[index]?.();
      if (index > 0) setImmediate(answerFrom, index - 1);
    }
    const lote = await fetched(ids, source);
    expect([...lote.records.keys()]).toEqual(ids.filter((_, index) => index % 2 === 1));
    expect(lote.failures).toEqual(ids.filter((_, index) => index % 2 === 0).map((id) => ({ id, ...NOT_FOUND })));
  });

  test("of no ids asks for nothing", async () => {
    const source = new FakeMovies();
    expect(await fetched([], source)).toMatchObject({ records: new Map(), failures: [] });
    expect(source.asked).toEqual([]);
  });

  test("keeps a record under the id it was asked for", async () => {
    const source = new FakeMovies(() => ({ record: movieRecord("tt0111161", { id: 278 }) }));
    const { records } = await fetched(["278", "tt0111161"], source);
    expect([...records.keys()]).toEqual(["278", "tt0111161"]);
  });

  test("counts what went over the wire for it, and nothing from before", async () => {
    const source = new FakeMovies(
      (id) => {
        source.traffic.retries += 2;
        source.traffic.rate_limited += 1;
        return known(id);
      },
      { requests: 500, retries: 50, rate_limited: 5 },
    );
    const { traffic } = await fetched(movieIds(3), source);
    expect(traffic).toEqual({ requests: 3, retries: 6, rate_limited: 3 });
  });

  test("passes on what the source throws: that is a bug, and no failure of an id", async () => {
    const bug = new TypeError("x is not a function");
    await expect(fetched(movieIds(3), new FakeMovies(() => Promise.reject(bug)))).rejects.toBe(bug);
  });
});

describe("an id that is none", () => {
  const invalid = ["", "\\N", "tt123", "../authentication", "278/credits", `${"a".repeat(64)}…`];

  test("is never asked for, and fails as invalid_id beside the others", async () => {
    const source = new FakeMovies();
    const lote = await fetched(["tt0111161", ...invalid, "278"], source);
    expect(source.asked).toEqual(["tt0111161", "278"]);
    expect([...lote.records.keys()]).toEqual(["tt0111161", "278"]);
    expect(failedIds(lote)).toEqual(invalid);
    expect(reasons(lote)).toEqual(["invalid_id"]);
  });

  test("is told in the message as it is, on one line", async () => {
    const { failures } = await fetched(["a\nb"], new FakeMovies());
    expect(failures).toEqual([
      { id: "a\nb", reason: "invalid_id", status: null, message: expect.stringContaining('"a\\nb"') },
    ]);
  });

  test("is an invalid_id even in a lote that was stopped", async () => {
    const { failures } = await fetched(["tt0111161", "nope"], new FakeMovies(unauthorized));
    expect(failures.map(({ id, reason }) => [id, reason])).toEqual([
      ["tt0111161", "unauthorized"],
      ["nope", "invalid_id"],
    ]);
  });
});

test("an id whose retries were cut short by a long pause has not failed if the run ends before the lote does", async () => {
  const run = new AbortController();
  const failure = (reason: "rate_limited" | "server_error", status: number) => ({
    failure: { reason, status, message: `status ${status}` },
  });
  const { promise: allAreUnderWay, resolve: goOn } = Promise.withResolvers<void>();
  const source = new FakeMovies(async (id, { signal }) => {
    if (id === "tt1000000") {
      await allAreUnderWay;
      source.askedPauseUntil = Number.POSITIVE_INFINITY;
      return failure("rate_limited", 429);
    }
    if (id === "tt1000002") goOn();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    if (id === "tt1000002") {
      // The answers of the other two are there by then.
      await nextTurn();
      run.abort();
    }
    return failure("server_error", 503);
  });
  const lote = await fetchLote(movieIds(3), source, performance.now() + 60_000, undefined, run.signal);
  expect(lote.failures.map(({ id, reason }) => [id, reason])).toEqual([["tt1000000", "rate_limited"]]);
});

describe("a refused token", () => {
  test("stops the lote: what was not fetched by then fails for the same reason", async () => {
    const ids = movieIds(100);
    const refusedAt = 10;
    const source = new FakeMovies((id, options) => {
      const index = ids.indexOf(id);
      if (index < refusedAt) return known(id);
      return index === refusedAt ? unauthorized() : unanswered(id, options);
    });
    const lote = await fetched(ids, source);
    expect([...lote.records.keys()]).toEqual(ids.slice(0, refusedAt));
    expect(failedIds(lote)).toEqual(ids.slice(refusedAt));
    expect(reasons(lote)).toEqual(["unauthorized"]);
    expect(new Set(lote.failures.map(({ status }) => status))).toEqual(new Set([401]));
  });

  test("lets no further request go out", async () => {
    const source = new FakeMovies((id, options) =>
      id === "tt1000000" ? nextTurn().then(unauthorized) : unanswered(id, options),
    );
    const lote = await fetched(movieIds(1000), source);
    expect(lote.failures).toHaveLength(1000);
    // Those that were asked for side by side with it, before its answer.
    expect(source.asked.length).toBeLessThanOrEqual(50);
  });

  test("does not take away what was under way and got through", async () => {
    const { promise: bothAreUnderWay, resolve: goOn } = Promise.withResolvers<void>();
    const source = new FakeMovies((id, { signal }) => {
      if (id === "278") return bothAreUnderWay.then(unauthorized);
      goOn();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(known(id))));
    });
    const lote = await fetched(["278", "tt0111161"], source);
    expect([...lote.records.keys()]).toEqual(["tt0111161"]);
    expect(failedIds(lote)).toEqual(["278"]);
  });

  test("stops only its own lote", async () => {
    const source = new FakeMovies((id) => (id === "278" ? unauthorized() : known(id)));
    await fetched(["278"], source);
    expect((await fetched(["tt0111161"], source)).failures).toEqual([]);
  });
});

describe("the deadline", () => {
  test("and the run's end are not listened to once the lote is over, so that neither keeps its records in memory", async () => {
    const runEnded = new AbortController().signal;
    const signals = new Set([runEnded]);
    const source = new FakeMovies((id, { timeIsUp }) => {
      if (timeIsUp !== undefined) signals.add(timeIsUp);
      return known(id);
    });
    await fetchLote(["278"], source, performance.now() + 60_000, undefined, runEnded);
    expect([...signals].map((signal) => getEventListeners(signal, "abort"))).toEqual([[], []]);
  });

  test("ends the lote: what has no answer by then fails as deadline, and what has is kept", async () => {
    const ids = movieIds(100);
    const source = new FakeMovies((id, options) => (ids.indexOf(id) < 30 ? known(id) : unanswered(id, options)));
    const lote = await fetchLote(ids, source, performance.now() + 100);
    expect([...lote.records.keys()]).toEqual(ids.slice(0, 30));
    expect(failedIds(lote)).toEqual(ids.slice(30));
    expect(reasons(lote)).toEqual(["deadline"]);
    expect(new Set(lote.failures.map(({ status }) => status))).toEqual(new Set([null]));
  });

  test("is told to the source", async () => {
    const deadline = performance.now() + 60_000;
    const told: number[] = [];
    const source = new FakeMovies((id, options) => {
      told.push(options.deadline);
      return known(id);
    });
    await fetchLote(["278"], source, deadline);
    expect(told).toEqual([deadline]);
  });

  test("leaves what failed by itself its own reason", async () => {
    const source = new FakeMovies((id, options) => (id === "278" ? { failure: NOT_FOUND } : unanswered(id, options)));
    const { failures } = await fetchLote(["278", "tt0111161"], source, performance.now() + 100);
    expect(failures.map(({ reason }) => reason)).toEqual(["not_found", "deadline"]);
  });

  test.each([0, 1, 60_000])("that was over %i ms ago lets no request go out", async (ago) => {
    const source = new FakeMovies();
    const lote = await fetchLote(movieIds(100), source, performance.now() - ago);
    expect(source.asked).toEqual([]);
    expect(failedIds(lote)).toEqual(movieIds(100));
    expect(reasons(lote)).toEqual(["deadline"]);
  });
});

describe("a trouble with the source", () => {
  test("is told of while the lote goes on, each reason once", async () => {
    const refused = { reason: "network", status: null, message: "connect ECONNREFUSED" } as const;
    const told: unknown[] = [];
    const source = new FakeMovies((id, { onFailedAttempt }) => {
      onFailedAttempt?.(refused);
      onFailedAttempt?.({ ...refused, message: "once more" });
      return { failure: { reason: "server_error", status: 503, message: id } };
    });
    await fetchLote(movieIds(3), source, performance.now() + 60_000, (failure) => told.push(failure));
    expect(told).toEqual([refused, { reason: "server_error", status: 503, message: movieIds(1)[0] }]);
  });

  test("is none when an id is unknown, or no id", async () => {
    const told: unknown[] = [];
    const source = new FakeMovies(() => ({ failure: NOT_FOUND }));
    await fetchLote([...movieIds(3), "nope"], source, performance.now() + 60_000, (failure) => told.push(failure));
    expect(told).toEqual([]);
  });
});
