import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { size, sizes } from "../src/size.ts";

test("an option that says how many takes whole numbers from 1, and nothing else", () => {
  expect(size("2000")).toBe(2_000);
  expect(["192", "512"].reduce<readonly number[]>((before, each) => sizes(each, before), [])).toEqual([192, 512]);
  for (const text of ["x", "", " ", "0", "-1", "1.5", "1e3", "NaN", "9".repeat(20)]) {
    expect(() => sizes(text, [1])).toThrow(InvalidArgumentError);
  }
});
