import { describe, expect, test } from "vitest";
import type { Report } from "../src/files/ledger-entry.ts";
import { REASONS } from "../src/reasons.ts";
import { between, seeded, shuffled } from "./support/random.ts";
import { at, ledgerOf, malformedReport, report } from "./support/reports.ts";

function bytes(...reports: readonly Report[]): string {
  return ledgerOf(...reports).toObject("run-1").body;
}

describe("of several reports for an id", () => {
  const first = report({ reason: "rate_limited", status: 429, message: "wait", attempts: 1, failedAt: at(10) });
  const later = report({ reason: "not_found", status: 404, message: "gone", attempts: 2, failedAt: at(70) });

  test.each([
    ["in order", [first, later]],
    ["the wrong way round", [later, first]],
  ])("%s, the later one tells why, and both tell when", (_, reports) => {
    expect(ledgerOf(...reports).entries()).toEqual([
      {
        imdb_id: "tt0111161",
        reason: "not_found",
        status: 404,
        message: "gone",
        retryable: false,
        lote: 1,
        run: "run-1",
        attempts: 2,
        first_failed_at: at(10).toISOString(),
        last_failed_at: at(70).toISOString(),
      },
    ]);
  });

  test("the attempts are those of the one that knows of most, not their sum", () => {
    const reports = [report({ attempts: 2 }), report({ attempts: 3, failedAt: at(1) }), report({ failedAt: at(2) })];
    expect(ledgerOf(...reports).entries()).toMatchObject([{ attempts: 3 }]);
  });

  test("a repetition changes nothing", () => {
    expect(bytes(first, first, later, later, first)).toBe(bytes(first, later));
  });

  test("one between the others changes nothing but what it says", () => {
    const between = report({ reason: "network", status: null, failedAt: at(40), attempts: 2 });
    expect(bytes(between, later, first)).toBe(bytes(first, later));
  });
});

test("that a lote failed as a whole says nothing new of an id whose own failure was told", () => {
  const told = report({ reason: "not_found", status: 404, message: "gone", failedAt: at(10) });
  const whole = report({ reason: "lote_failed", status: null, message: "no consumer finished it", failedAt: at(70) });
  expect(bytes(told, whole)).toBe(bytes(told));
  expect(bytes(whole, told)).toBe(bytes(told));
});

describe("the file is the same bytes", () => {
  const ids = ["tt0111161", "278", "tt0068646"];

  /** Reports that meet often: few ids, few instants, few reasons. */
  function someReports(random: () => number): Report[] {
    const one = <T>(items: readonly T[]): T => items[between(random, 0, items.length - 1)] as T;
    return Array.from({ length: 30 }, () =>
      random() < 0.1
        ? malformedReport(one(["a", "b"]), at(between(random, 0, 3)))
        : report({
            id: one(ids),
            lote: between(random, 1, 2),
            reason: one([...REASONS.slice(0, 4), "lote_failed"]),
            message: one(["x", "y"]),
            attempts: between(random, 1, 3),
            failedAt: at(between(random, 0, 3)),
          }),
    );
  }

  test("in whatever order the reports come", () => {
    const random = seeded(23);
    for (let round = 0; round < 300; round++) {
      const reports = someReports(random);
      expect(bytes(...shuffled(reports, random)), `round ${round}`).toBe(bytes(...reports));
    }
  });

  test("however often the reports come", () => {
    const random = seeded(29);
    for (let round = 0; round < 300; round++) {
      const reports = someReports(random);
      const repeated = shuffled([...reports, ...reports, ...reports.slice(0, 7)], random);
      expect(bytes(...repeated), `round ${round}`).toBe(bytes(...reports));
    }
  });

  test("when two reports of the same instant differ in their status only", () => {
    const bad = report({ status: 502, message: "upstream" });
    const gone = report({ status: 504, message: "upstream" });
    expect(bytes(bad, gone)).toBe(bytes(gone, bad));
  });
});
