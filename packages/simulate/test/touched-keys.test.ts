import { expect, test } from "vitest";
import { TouchedKeys } from "../src/touched-keys.ts";

test("the first look at what an invocation has written, and its removal, are known for what they are", () => {
  const touched = new TouchedKeys();
  const touch = (does: string, conditional = false, key = "lote") =>
    touched.touch({ service: "s3", does, key, conditional });
  expect(touch("reads a lote")).toBe(false);
  expect(touch("writes a lote", true)).toBe(false);
  expect(touch("writes a lote", true)).toBe(false);
  expect(touch("reads a lote", false, "another lote")).toBe(false);
  expect(touch("reads a lote")).toBe(true);
  expect(touch("reads a lote")).toBe(false);
  expect(touch("removes a lote", true)).toBe(true);
});
