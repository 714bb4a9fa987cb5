import { expect, test } from "vitest";
import { withAttempts } from "../src/edited-attempts.ts";

const BODY = '{"kind":"lote","attempts":0,"lote":1}';

test.each(["1.5", "-1", "1e9"])("a message that is moved twice with %s attempts has them", (attempts) => {
  const twice = withAttempts(withAttempts(BODY, attempts), attempts);
  expect(JSON.parse(twice)).toEqual({ kind: "lote", attempts: Number(attempts), lote: 1 });
});

test("a message that is moved as it is stays as it is", () => {
  expect(withAttempts(BODY, undefined)).toBe(BODY);
});
