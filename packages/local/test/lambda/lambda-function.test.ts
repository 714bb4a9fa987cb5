import { expect, onTestFinished, test } from "vitest";
import { FunctionError, RuntimeExitedError, TaskTimedOutError } from "../../src/lambda/execution-environment.ts";
import { LambdaFunction } from "../../src/lambda/lambda-function.ts";
import type { ProbeEvent, ProbeReport } from "./handlers/probe.ts";

const PROBE = new URL("handlers/probe.ts", import.meta.url).href;

interface Probe {
  run(event: ProbeEvent): Promise<ProbeReport>;
  readonly lines: string[];
  readonly stop: () => Promise<void>;
}

function probe({ timeoutMs = 10_000, module = PROBE, env = { NAME: "value" } } = {}): Probe {
  const lines: string[] = [];
  const lambda = new LambdaFunction({ name: "probe", module, timeoutMs, env, onLine: (line) => lines.push(line) });
  onTestFinished(() => lambda.stop());
  return { run: (event) => lambda.invoke(event) as Promise<ProbeReport>, lines, stop: () => lambda.stop() };
}

const REPORT: ProbeEvent = { do: "report" };

test("an environment is kept warm: one invocation after the other finds the same module scope", async () => {
  const { run } = probe();
  const reports = [await run(REPORT), await run(REPORT), await run(REPORT)];
  expect(new Set(reports.map(({ scope }) => scope)).size).toBe(1);
  expect(reports.map(({ invocations }) => invocations)).toEqual([1, 2, 3]);
});

test("invocations at the same time have module scopes of their own", async () => {
  const { run } = probe();
  const reports = await Promise.all([1, 2, 3].map(() => run({ do: "wait", ms: 50 })));
  expect(new Set(reports.map(({ scope }) => scope)).size).toBe(3);
  expect(reports.map(({ invocations }) => invocations)).toEqual([1, 1, 1]);
});

test("which environment is next can be chosen, and how many are kept warm", async () => {
  const lambda = new LambdaFunction({
    name: "probe",
    module: PROBE,
    timeoutMs: 10_000,
    env: {},
    onLine: () => {},
    // Three of them, and the one that is idle longest.
    choose: (_, all) => (all < 3 ? Number.NaN : 0),
  });
  onTestFinished(() => lambda.stop());
  const scopes: string[] = [];
  for (let nth = 0; nth < 6; nth++) scopes.push(String(((await lambda.invoke(REPORT)) as ProbeReport).scope));
  expect(new Set(scopes).size).toBe(3);
  expect(scopes.slice(3)).toEqual(scopes.slice(0, 3));
});

test("a handler sees the environment it is given and nothing of this process", async () => {
  const { env, functionName } = await probe().run(REPORT);
  expect(env).toEqual({ NAME: "value" });
  expect(functionName).toBe("probe");
});

test("the remaining time counts from the timeout down, loading not included", async () => {
  const { remainingMs } = await probe({ timeoutMs: 60_000 }).run({ do: "wait", ms: 200 });
  expect(remainingMs).toBeLessThanOrEqual(59_800);
  expect(remainingMs).toBeGreaterThan(5_000);
});

test.each<ProbeEvent>([{ do: "wait", ms: 60_000 }, { do: "block" }])(
  "a handler that runs past its timeout (%o) is killed, and the next invocation starts anew",
  async (event) => {
    const { run } = probe({ timeoutMs: 1_500 });
    const { scope } = await run(REPORT);
    await expect(run(event)).rejects.toThrow(TaskTimedOutError);
    const next = await run(REPORT);
    expect(next.scope).not.toBe(scope);
    expect(next.invocations).toBe(1);
  },
);

test("a handler that throws fails its invocation and lives on", async () => {
  const { run } = probe();
  await expect(run({ do: "throw" })).rejects.toThrow(new FunctionError("RangeError: told to"));
  expect((await run(REPORT)).invocations).toBe(2);
});

test("a handler that ends its process fails its invocation, and the next one starts anew", async () => {
  const { run } = probe();
  await expect(run({ do: "exit" })).rejects.toThrow(RuntimeExitedError);
  expect((await run(REPORT)).invocations).toBe(1);
});

test("a handler that can't be loaded fails every invocation", async () => {
  const { run } = probe({ module: new URL("handlers/none.ts", import.meta.url).href });
  await expect(run(REPORT)).rejects.toThrow(/could not be loaded.*none\.ts/);
  await expect(run(REPORT)).rejects.toThrow(RuntimeExitedError);
});

test("what a handler prints is passed on line by line", async () => {
  const { run, lines } = probe();
  await run(REPORT);
  await run(REPORT);
  await expect.poll(() => lines).toEqual(["invocation 1", "invocation 2"]);
});

test("stopping kills what runs", async () => {
  const { run, lines, stop } = probe();
  const running = expect(run({ do: "wait", ms: 60_000 })).rejects.toThrow(RuntimeExitedError);
  await expect.poll(() => lines).toEqual(["invocation 1"]);
  await stop();
  await running;
});
