import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ledger } from "../src/files/ledger.ts";
import type { LedgerEntry, Report } from "../src/files/ledger-entry.ts";
import type { NewObject } from "../src/ports.ts";
import { REASONS } from "../src/reasons.ts";
import { stored } from "./support/memory-store.ts";
import { at, ledgerOf, malformedReport, readBack, report } from "./support/reports.ts";

// Enough for reports of every kind to meet, and the file still takes less than 2 s.
const RUNS = { numRuns: 100 };

/** Any text JavaScript can hold, halves of surrogate pairs among it. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 6 });
// The last two sort one way by code units and the other way by code points.
const oddText = fc.constantFrom("", "tt0111161", "278", '"', "a\nb", "1 278", "\ud83d", "\u2028", "\uffee", "🎬");
const text = fc.oneof(oddText, anyText);

/** Few instants, so that reports are often equally late. */
const instant = fc.integer({ min: 0, max: 3 }).map(at);

/**
 * A report for one of the ids or of one of the bodies. All are of one run: the collector drops those of any other before they are
 * recorded, and which of two runs an entry of the same instant is of is not promised.
 */
function reportOf(names: readonly string[]): fc.Arbitrary<Report> {
  const name = fc.constantFrom(...names);
  const failure = fc.record({
    id: name,
    // 2 and 10 sort one way as numbers and the other way as text.
    lote: fc.constantFrom(1, 2, 10),
    reason: fc.constantFrom(...REASONS),
    status: fc.option(fc.constantFrom(404, 429, 503)),
    message: fc.oneof(fc.constantFrom("x", "y"), text),
    attempts: fc.integer({ min: 1, max: 4 }),
    failedAt: instant,
  });
  return fc.oneof(
    { weight: 6, arbitrary: failure.map(report) },
    { weight: 1, arbitrary: fc.tuple(name, instant).map(([body, sentAt]) => malformedReport(body, sentAt)) },
  );
}

const names = fc.uniqueArray(text, { minLength: 1, maxLength: 4 });
const reports = names.chain((some) => fc.array(reportOf(some), { maxLength: 15 }));

/** The reports, each of them twice, in any order and cut into any batches. */
function deliveriesOf(all: readonly Report[]): fc.Arbitrary<Report[][]> {
  const doubled = fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length });
  return fc.tuple(doubled, fc.array(fc.nat(2 * all.length), { maxLength: 4 })).map(([order, cuts]) => {
    const edges = [0, ...cuts.sort((a, b) => a - b), order.length];
    return edges.slice(1).map((end, index) => order.slice(edges[index], end));
  });
}

/** The file after each batch was entered into the one before, as the collector does. */
function fileAfter(batches: readonly Report[][]): NewObject | undefined {
  let object: NewObject | undefined;
  for (const batch of batches) {
    const ledger = Ledger.parse(object && stored(object));
    for (const each of batch) ledger.enter(each);
    object = ledger.toObject("run-1");
  }
  return object;
}

/** What an entry stands for: an id of a lote, or a body. */
function place({ id, lote, message }: Pick<Report, "id" | "lote" | "message">): string {
  return JSON.stringify(id === null ? { body: message } : { lote, id });
}

function placeOf({ imdb_id, lote, message }: LedgerEntry): string {
  return place({ id: imdb_id, lote, message });
}

describe("the file", () => {
  test("is the same bytes in whatever order, however often and in whatever batches the same reports come", () => {
    const delivered = reports.chain((all) => fc.tuple(fc.constant(all), deliveriesOf(all)));
    fc.assert(
      fc.property(delivered, ([all, batches]) => {
        expect(fileAfter(batches)?.body).toBe(ledgerOf(...all).toObject("run-1").body);
      }),
      RUNS,
    );
  });

  test("read back gives the same entries and the same file", () => {
    fc.assert(
      fc.property(reports, (all) => {
        const ledger = ledgerOf(...all);
        const object = ledger.toObject("run-1");
        expect(readBack(ledger)).toEqual(ledger.entries());
        expect(Ledger.parse(stored(object)).toObject("run-1")).toEqual(object);
        // Whoever reads it line by line must find an entry on each, whatever the ids hold.
        expect(object.body.split("\n")).toHaveLength(ledger.entries().length + 1);
      }),
      RUNS,
    );
  });

  test("survives as UTF-8, in which S3 keeps it, whatever the ids and messages hold", () => {
    fc.assert(
      fc.property(reports, (all) => {
        const { body } = ledgerOf(...all).toObject("run-1");
        expect(Buffer.from(body).toString()).toBe(body);
      }),
      RUNS,
    );
  });
});

describe("the entries", () => {
  test("are one for each id of a lote and each malformed body", () => {
    fc.assert(
      fc.property(reports, (all) => {
        const places = ledgerOf(...all)
          .entries()
          .map(placeOf);
        expect(places.toSorted()).toEqual([...new Set(all.map(place))].sort());
      }),
      RUNS,
    );
  });

  test("are sorted by the lote's number, then by the code units of the id, the malformed last", () => {
    fc.assert(
      fc.property(reports, (all) => {
        const entries = ledgerOf(...all).entries();
        for (const [index, next] of entries.slice(1).entries()) {
          const entry = entries[index] as LedgerEntry;
          const [lote, nextLote] = [entry.lote ?? Number.MAX_VALUE, next.lote ?? Number.MAX_VALUE];
          expect(lote).toBeLessThanOrEqual(nextLote);
          if (lote === nextLote) expect((entry.imdb_id ?? entry.message) < (next.imdb_id ?? next.message)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test("tell the first and the last failure, the most attempts, and one of the last reports' reasons", () => {
    fc.assert(
      fc.property(reports, (all) => {
        const complete = all.map((each) => ({ reason: "malformed_message", status: null, attempts: 1, ...each }));
        const told = Map.groupBy(complete, place);
        for (const entry of ledgerOf(...all).entries()) {
          const mine = told.get(placeOf(entry)) ?? [];
          // That a lote failed as a whole says the least: any other word about the id counts for more.
          const words = mine.filter(({ reason }) => reason !== "lote_failed");
          const counting = words.length > 0 ? words : mine;
          const times = counting.map(({ failedAt }) => failedAt.getTime());
          expect(Date.parse(entry.first_failed_at)).toBe(Math.min(...mine.map(({ failedAt }) => failedAt.getTime())));
          expect(Date.parse(entry.last_failed_at)).toBe(Math.max(...times));
          expect(entry.attempts).toBe(Math.max(...mine.map(({ attempts }) => attempts)));
          const last = counting.filter(({ failedAt }) => failedAt.getTime() === Math.max(...times));
          expect(last.map(({ reason, status, message }) => ({ reason, status, message }))).toContainEqual({
            reason: entry.reason,
            status: entry.status,
            message: entry.message,
          });
        }
      }),
      RUNS,
    );
  });
});

describe("ids that have records now", () => {
  const recovery = names.chain((some) =>
    fc.tuple(
      fc.array(reportOf(some), { maxLength: 15 }),
      fc.constantFrom(1, 2, 10),
      fc.array(fc.oneof(fc.constantFrom(...some), text), { maxLength: 4 }),
    ),
  );

  test("leave the ledger, and nothing else does or changes", () => {
    fc.assert(
      fc.property(recovery, ([all, lote, ids]) => {
        const before = ledgerOf(...all);
        const ledger = Ledger.parse(stored(before.toObject("run-1")));
        ledger.recover(lote, ids);
        const recovered = (entry: LedgerEntry) =>
          entry.lote === lote && entry.imdb_id !== null && ids.includes(entry.imdb_id);
        expect(readBack(ledger)).toEqual(before.entries().filter((entry) => !recovered(entry)));
      }),
      RUNS,
    );
  });
});
