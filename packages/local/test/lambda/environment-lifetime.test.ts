import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { describe, expect } from "vitest";
import { RuntimeExitedError } from "../../src/lambda/execution-environment.ts";
import type { LambdaFunction } from "../../src/lambda/lambda-function.ts";
import { test } from "../support/test.ts";

/** What `does-as-told` answers. */
interface Told {
  readonly environment: string;
  readonly invocation: number;
  readonly running: number;
}

const told = (invoked: LambdaFunction, act = "nothing") => invoked.invoke({ act }) as Promise<Told>;

const atOnce = (times: number, invoked: LambdaFunction) =>
  Promise.all(Array.from({ length: times }, () => told(invoked, "take a moment")));

describe("the environments of a function", () => {
  test("are as many as were ever needed at once, each with one event at a time", async ({ startFunction }) => {
    const invoked = startFunction("does-as-told");

    const answers = [...(await atOnce(2, invoked)), ...(await atOnce(3, invoked)), ...(await atOnce(3, invoked))];

    expect(new Set(answers.map(({ environment }) => environment)).size).toBe(3);
    expect(new Set(answers.map(({ running }) => running))).toEqual(new Set([1]));
  });

  test("may take longer to load than the function's timeout", async ({ startFunction }) => {
    expect(await startFunction("loads-slowly", { timeoutMs: 500 }).invoke({})).toBe("loaded");
  });
});

describe("an environment that dies", () => {
  test.for(["exit the process", "throw where nobody catches", "leave a rejection to nobody"])(
    "because its handler does %s fails that invocation, and the next one gets a fresh environment",
    async (act, { startFunction }) => {
      const invoked = startFunction("does-as-told");
      const before = await told(invoked);

      await expect(told(invoked, act)).rejects.toThrow(RuntimeExitedError);

      const after = await told(invoked);
      expect(after.environment).not.toBe(before.environment);
      expect(after.invocation).toBe(1);
    },
  );

  test("between two events is not given the next one", async ({ startFunction }) => {
    const created = once(process, "worker") as Promise<[Worker]>;
    const invoked = startFunction("does-as-told");
    const before = await told(invoked);
    const [worker] = await created;
    const exited = once(worker, "exit");
    await told(invoked, "exit the process once it has answered");
    await exited;

    const after = await told(invoked);

    expect(after.environment).not.toBe(before.environment);
    expect(after.invocation).toBe(1);
  });

  test.for([
    ["cannot-be-loaded", "the handler could not be loaded: no such setting"],
    ["exits-while-loading", "the function exited before its handler was loaded"],
  ] as const)("while loading, as that of %s does, fails every invocation", async ([module, why], { startFunction }) => {
    const invoked = startFunction(module);
    await expect(invoked.invoke({})).rejects.toThrow(new RuntimeExitedError(why));
    await expect(invoked.invoke({})).rejects.toThrow(new RuntimeExitedError(why));
  });
});
