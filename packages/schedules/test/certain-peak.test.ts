import { describe, expect, test } from "vitest";
import { certainPeak } from "../src/certain-peak.ts";

describe("the second at the server", () => {
  const arrivals = (...times: [at: number, uncertainMs: number][]) =>
    times.map(([at, uncertainMs]) => ({ at, uncertainMs, id: null, outcome: 200 }));

  test("is half-open, and slides", () => {
    expect(certainPeak(arrivals([0, 0], [1000, 0]))).toBe(1);
    expect(certainPeak(arrivals([0, 0], [999, 0], [1500, 0]))).toBe(2);
  });

  test("does not count a request that may have come before it", () => {
    expect(certainPeak(arrivals([50, 60], [1000, 0]))).toBe(1);
    expect(certainPeak(arrivals([50, 40], [1000, 0]))).toBe(2);
  });
});
