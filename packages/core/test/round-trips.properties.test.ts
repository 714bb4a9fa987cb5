import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MovieRecord } from "../src/dataset/movie-record.ts";
import { Ledger } from "../src/files/ledger.ts";
import { loteObject, parseLoteFile } from "../src/files/lote-file.ts";
import { newRun, parseRunFile, type RunFile, runObject } from "../src/files/run-file.ts";
import { REASONS } from "../src/reasons.ts";
import { messageBody, parseMessage } from "../src/stages/message.ts";
import { stored } from "./support/memory-store.ts";
import { failuresIn } from "./support/messages.ts";

const RUNS = { numRuns: 100 };

/** Any text JavaScript can hold: what SQS refuses, halves of pairs, line ends of every kind and what hides in text. */
const NASTY = [
  "\ufffe",
  "\uffff",
  "\u0000",
  "\u001b",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\ud83c",
  "\udfac",
  "🎬",
  "\r",
  "\n",
];
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...NASTY),
    fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
  ),
  maxLength: 12,
});
/** Whatever JavaScript calls a number. */
const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(1.5, -0, Number.NaN, 2 ** 53, -1, 0, 1e300));
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const reason = fc.constantFrom(...REASONS);

describe("what is written is read as it was", () => {
  test("in a message, which SQS takes whatever its ids hold", () => {
    const failure = fc.record({ id: text, reason, status: fc.option(fc.maxSafeInteger()), message: text });
    const message = fc.record({
      kind: fc.constant("report" as const),
      run: text.filter((run) => run !== ""),
      date: fc.constant("2026/11/23"),
      lote: count,
      ids: fc.array(text),
      attempts: fc.nat(1_000_000),
      failures: fc.array(failure),
      recovered: fc.array(text),
    });
    fc.assert(
      fc.property(message, (whole) => {
        const body = messageBody(whole);
        expect(body).toMatch(/^[ -~]*$/);
        expect(parseMessage(body)).toEqual(whole);
      }),
      RUNS,
    );
  });

  test("in a ledger, whatever was reported", () => {
    const message = fc.oneof(
      text,
      text.map((part) => `${part}x`.repeat(500)),
    );
    const failedAt = fc.date({ noInvalidDate: false });
    const status = fc.option(number);
    const report = fc.oneof(
      fc.record({ id: text, reason, status, message, lote: count, run: text, attempts: number, failedAt }),
      fc.record({ id: fc.constant(null), lote: fc.constant(null), message, failedAt }),
    );
    fc.assert(
      fc.property(fc.array(report, { maxLength: 6 }), (reports) => {
        const ledger = new Ledger();
        for (const each of reports) ledger.enter(each);
        const object = ledger.toObject("run-1");
        const again = Ledger.parse(stored(object));
        expect(again.entries()).toEqual(ledger.entries());
        expect(again.toObject("run-1")).toEqual(object);
        for (const editor of [`\ufeff${object.body}`, object.body.replaceAll("\n", "\r\n"), `\n${object.body}\n \n`]) {
          expect(Ledger.parse(stored({ ...object, body: editor })).entries()).toEqual(ledger.entries());
        }
      }),
      RUNS,
    );
  });

  test("in a lote's file, by the very ids that were asked for", () => {
    const amount = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0));
    const title = fc.option(text.filter((value) => value !== "" && value.isWellFormed()));
    const whole = fc.option(fc.maxSafeInteger());
    const facts = { title, runtime: whole, budget: whole, popularity: amount };
    const known = { release_date: null, revenue: 0, vote_average: 1.5, vote_count: 2 };
    const imdbId = fc.integer({ min: 0, max: 99 }).map((digits) => `tt${String(digits).padStart(7, "0")}`);
    // Few movies, so that one is often there by both of its ids, and long names of the same numbers.
    const lote = fc.uniqueArray(
      fc.record({ imdbId, by: fc.constantFrom("imdb", "tmdb", "long", "merged"), has: fc.boolean(), ...facts }),
      { selector: ({ imdbId, by }) => `${imdbId} ${by}`, maxLength: 6 },
    );
    fc.assert(
      fc.property(lote, fc.boolean(), (movies, tooLong) => {
        const records = new Map<string, MovieRecord>();
        const filler = Array.from({ length: tooLong ? 40 : 0 }, (_, index) => `9${String(index).padStart(60, "0")}`);
        const ids = movies.map(({ imdbId, by, has, ...facts }) => {
          const id = 1 + Number(imdbId.slice(2));
          const asked = {
            imdb: imdbId,
            tmdb: String(id),
            long: String(id).padStart(30, "0"),
            merged: `tt9${imdbId.slice(2)}`,
          }[by];
          if (has) records.set(asked, { id, imdb_id: imdbId, ...known, ...facts });
          return asked;
        });
        const object = loteObject({ run: "9f2c", ids: [...ids, ...filler], records });
        expect(JSON.stringify(object.metadata).length).toBeLessThan(2_000);
        // The collector knows only the ids that have failed.
        const failed = ids.filter((id) => !records.has(id));
        const again = parseLoteFile(stored(object), failed);
        expect(again.run).toBe("9f2c");
        expect(Object.fromEntries(again.records)).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(records))));
      }),
      RUNS,
    );
  });

  test("in a run's file, also one that an editor has saved", () => {
    const source = fc.record({ bucket: text, key: text, etag: text, size: fc.maxSafeNat(), sequencer: text });
    const filter = fc.record({ minYear: fc.maxSafeNat(), minVotes: fc.maxSafeNat(), genres: fc.array(text) });
    const odd = fc.record({ count: fc.maxSafeNat(), first_lines: fc.array(count, { maxLength: 10 }) });
    fc.assert(
      fc.property(source, filter, odd, odd, text, (source, filter, malformed, unreadable, reason) => {
        const at = new Date("2026-11-23T12:00:00Z");
        const rejected = { source, reason, at: at.toISOString() };
        const queuing = { ...newRun(source, filter, at), malformed, unreadable, rejected };
        const runs: RunFile[] = [
          queuing,
          { ...queuing, status: "queued", queued_at: at.toISOString() },
          { ...queuing, status: "rejected", error: reason },
        ];
        for (const run of runs) {
          const object = runObject(run);
          expect(parseRunFile(stored(object))).toEqual(run);
          expect(runObject(parseRunFile(stored(object))).body).toBe(object.body);
          const saved = `\ufeff${object.body.replaceAll("\n", "\r\n")}`;
          expect(parseRunFile(stored({ ...object, body: saved }))).toEqual(run);
        }
      }),
      RUNS,
    );
  });
});

const LOTE = { run: "r".repeat(16), date: "2026/11/23", lote: 1, attempts: 0 };

test("a message with a status that is no whole number can be read all the same", () => {
  fc.assert(
    fc.property(number, (status) => {
      const failures = [{ id: "tt1", reason: "network" as const, status, message: "reset" }];
      const body = messageBody({ kind: "replay", ...LOTE, ids: ["tt1"], failures });
      expect(failuresIn(parseMessage(body))).toHaveLength(1);
    }),
    RUNS,
  );
});

test("a report of 150 ids of any text with the longest reasons fits into one message of SQS", () => {
  const ids = Array.from({ length: 150 }, (_, index) => `${index}`.padEnd(64, "\uffff"));
  const failures = ids.map((id) => ({
    id,
    reason: "invalid_id" as const,
    status: null,
    message: "\ufffe".repeat(100_000),
  }));
  const body = messageBody({ kind: "report", ...LOTE, ids, failures, recovered: ids });
  expect(body.length).toBeLessThan(1024 * 1024 - 1024);
  expect(parseMessage(body)).toMatchObject({ recovered: ids });
});

describe("the attempts told by", () => {
  const attempts: [string | undefined, number][] = [
    ["1", 1],
    ["3", 3],
    ["1e2", 100],
    [undefined, 0],
    ["0", 0],
    ["-1", 0],
    ["1.5", 0],
    ["9007199254740991", 0],
    ["99999999999999999999999999999999999999", 0],
  ];
  const others: [string, number][] = ["", "NaN", "Infinity", "two"].map((told) => [told, 0]);

  test.each([...attempts, ...others])("the attribute %j of a message of version 1 are %i", (told, attempts) => {
    const { attempts: _, ...place } = LOTE;
    const body = JSON.stringify({ version: 1, ...place, ids: [] });
    expect(parseMessage(body, told)).toMatchObject({ attempts });
  });

  test.each([...attempts, ["null", 0], ['"2"', 0]] as const)("the number %s of a body are %i", (told, attempts) => {
    const body = messageBody({ kind: "resumed", ...LOTE, ids: [] });
    const edited =
      told === undefined ? body.replace(',"attempts":0', "") : body.replace('"attempts":0', `"attempts":${told}`);
    // What stands beside a message of version 2 does not count.
    expect(parseMessage(edited, "7")).toMatchObject({ kind: "resumed", attempts });
  });
});

test("a run's file of an earlier version, which did not count unreadable rows, is read", () => {
  const source = { bucket: "b", key: "k", etag: "e", size: 1, sequencer: "01" };
  const { unreadable, ...earlier } = newRun(source, { minYear: 0, minVotes: 0, genres: [] }, new Date(0));
  const object = { body: JSON.stringify(earlier), metadata: {} };
  expect(parseRunFile(stored(object))).toEqual({ ...earlier, unreadable });
});
