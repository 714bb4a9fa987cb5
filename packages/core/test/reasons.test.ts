import { describe, expect, test } from "vitest";
import { reasonWords } from "../src/operator/reason-words.ts";
import { REASONS, reasonFacts } from "../src/reasons.ts";

describe("a reason", () => {
  test.each(REASONS)("%s is told on lines of a terminal", (reason) => {
    const { meaning, advice } = reasonWords(reason);
    expect(`    ${reason} 10000: ${meaning};`.length).toBeLessThanOrEqual(80);
    expect(`      ${advice}`.length).toBeLessThanOrEqual(80);
  });

  test("is worth an alarm, but for movies that TMDB does not know, of which every CSV has some", () => {
    expect(REASONS.filter((reason) => !reasonFacts(reason).alarming)).toEqual(["not_found"]);
  });

  test("can be helped by asking again, unless it lies in the CSV, in TMDB's knowledge or in a stranger's message", () => {
    expect(REASONS.filter((reason) => !reasonFacts(reason).retryable)).toEqual([
      "not_found",
      "invalid_id",
      "malformed_message",
    ]);
  });
});
