import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LocalState } from "../src/local-state.ts";
import { LOTES, Workplace } from "./support/cli.ts";

// Nothing is ever asked for here. No other test has the same, and so none waits for it.
const ENV = { TMDB_TOKEN: "token", TMDB_BASE_URL: `http://127.0.0.1:9/${randomUUID()}` };

let place: Workplace;
let running: ChildProcess[];
beforeEach(() => {
  place = new Workplace();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((child) => end(child, "SIGKILL")));
  place[Symbol.dispose]();
});

async function start(port: string): Promise<{ child: ChildProcess; state: LocalState }> {
  const child = spawn(process.execPath, [LOTES, "local", "--port", port, "--json"], {
    cwd: place.path,
    env: ENV,
    stdio: ["ignore", "pipe", "ignore"],
  });
  running.push(child);
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, state: JSON.parse(line) };
}

/** @returns its exit code */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill(signal);
  return (await exited)[0];
}

const announced = () => JSON.parse(readFileSync(join(place.path, ".lotes/local.json"), "utf8"));

test("one stack is up in a directory and on a port, however the one before has ended, and SIGTERM frees its port", async () => {
  const first = await start("0");
  expect(announced()).toEqual({ url: first.state.url, pid: first.state.pid });
  expect(first.state.pid).toBe(first.child.pid);

  const second = await place.lotes(["local", "--port", "0"], ENV);
  expect(second).toMatchObject({ code: 1, stdout: "" });
  expect(second.stderr).toBe(
    `lotes: a \`lotes local\` is up in this directory already (pid ${first.state.pid}, at ${first.state.url}): use that one, stop it, or start this one in another directory\n`,
  );
  // The first one is still found, and answers.
  expect(announced()).toEqual({ url: first.state.url, pid: first.state.pid });
  expect((await fetch(first.state.url)).status).toBeLessThan(500);

  const { port } = new URL(first.state.url);
  using elsewhere = new Workplace();
  const onItsPort = await elsewhere.lotes(["local", "--port", port]);
  expect(onItsPort).toMatchObject({ code: 1, stdout: "" });
  expect(onItsPort.stderr).toMatch(/^TMDB_TOKEN is not set: .*\nlotes: port \d+ of 127\.0\.0\.1 is in use: .*\n$/);

  expect(await end(first.child, "SIGTERM")).toBe(0);
  expect(existsSync(join(place.path, ".lotes/local.json"))).toBe(false);
  const third = await start(port);
  expect(third.state.url).toBe(first.state.url);

  await end(third.child, "SIGKILL");
  expect(announced()).toEqual({ url: third.state.url, pid: third.state.pid });
  // What is announced by one that was killed is not there for the other commands.
  expect((await place.lotes(["status"])).stderr).toContain("no local stack");
  const fourth = await start("0");
  expect(announced()).toEqual({ url: fourth.state.url, pid: fourth.state.pid });
});

test("a stack that the other commands could not find does not stay up", async () => {
  mkdirSync(join(place.path, ".lotes/local.json"), { recursive: true });
  const { code, stdout, stderr } = await place.lotes(["local", "--port", "0"], ENV);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^lotes: \.lotes\/local\.json can't be written: .* \(EISDIR\); without it .*\n$/);
});
