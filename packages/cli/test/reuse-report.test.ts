import { describe, expect, test } from "vitest";
import { reuseLine } from "../src/reuse-report.ts";

describe("how many ids need not be asked for", () => {
  test.each([
    [{ hours: 24, ids: 1_849, saved_by_24_hours: 0 }, "1,849 ids reused: younger than the 24 hours of REUSE_HOURS"],
    [{ hours: 24, ids: 0, saved_by_24_hours: 0 }, "0 ids reused: younger than the 24 hours of REUSE_HOURS"],
    [{ hours: 0, ids: 0, saved_by_24_hours: 1_849 }, "REUSE_HOURS=24 would save the requests for 1,849 ids"],
    [{ hours: 0, ids: 0, saved_by_24_hours: 0 }, undefined],
  ])("is said in a line: %j", (reuse, line) => {
    expect(reuseLine(reuse)).toBe(line);
  });
});
