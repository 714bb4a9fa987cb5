import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inBackground, outcomeOf } from "./support/background.ts";

describe("work in the background", () => {
  test("is waited for, also by who asks before it is done, and leaves nothing behind", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { file, end } = inBackground(() => promise);
    const outcome = outcomeOf(file);
    resolve("the folder");
    expect(await outcome).toBe("the folder");
    await end();
    expect(existsSync(file)).toBe(false);
  });

  test("fails who waits for it by its own message", async () => {
    const { file, end } = inBackground(() => Promise.reject(new Error("no connection")));
    await expect(outcomeOf(file)).rejects.toThrow("no connection");
    await end();
  });
});
