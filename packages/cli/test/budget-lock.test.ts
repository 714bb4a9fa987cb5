import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvSelecting, movieIds } from "@lotes/core/testing/movie-rows";
import { startTmdbStandIn } from "@lotes/local";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { takeBudget } from "../src/budget-lock.ts";
import { Workplace } from "./support/cli.ts";

const TMDB = "https://api.themoviedb.org";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lotes-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function take(baseUrl = TMDB) {
  const said = Promise.withResolvers<string>();
  const lock = takeBudget(baseUrl, { folder, onWait: said.resolve });
  return { lock, said: said.promise };
}

test("the second one waits for the first, and says so in one line", async () => {
  const first = await take().lock;
  const second = take();
  let taken = false;
  void second.lock.then(() => {
    taken = true;
  });
  const line = await second.said;
  expect(line).toContain(TMDB);
  expect(line).toContain(String(process.pid));
  expect(line).not.toContain("\n");
  expect(taken).toBe(false);
  first();
  (await second.lock)();
});

test("the waiting ends when the command is asked to end", async () => {
  const first = await take().lock;
  const interruption = new AbortController();
  const onWait = () => interruption.abort(new Error("interrupted by SIGINT"));
  const second = takeBudget(TMDB, { folder, onWait, signal: interruption.signal });
  await expect(second).rejects.toThrow("interrupted by SIGINT");
  first();
});

test("two that ask different servers do not wait for each other", async () => {
  const first = await take().lock;
  const second = await take("http://127.0.0.1:4000").lock;
  first();
  second();
});

test("the lock of a process that was killed is nobody's", async () => {
  const script = `
    const { takeBudget } = await import(${JSON.stringify(new URL("../src/budget-lock.ts", import.meta.url).href)});
    await takeBudget(${JSON.stringify(TMDB)}, { folder: ${JSON.stringify(folder)} });
    console.log("taken");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const second = take();
  expect(await second.said).toContain(String(child.pid));
  child.kill("SIGKILL");
  (await second.lock)();
});

test("a folder that can't be used is one clear line", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  await expect(takeBudget(TMDB, { folder: join(file, "locks") })).rejects.toThrow(
    /can't be used: .* writable, or [^\n]*$/,
  );
});

test("two runs on one machine with one token keep to the budget together", async () => {
  const tmdb = await startTmdbStandIn({ facts: [], token: "right" });
  onTestFinished(() => tmdb.stop());
  const env = { TMDB_TOKEN: "right", TMDB_BASE_URL: tmdb.url, TMDB_REQUESTS_PER_SECOND: "40", LOTE_SIZE: "20" };
  using place = new Workplace();
  writeFileSync(join(place.path, "movies.csv"), csvSelecting(movieIds(40)));
  const run = (out: string) => place.lotes(["run", "movies.csv", "--out", out], env);
  const runs = await Promise.all([run("here"), run("there")]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(runs.filter(({ stderr }) => stderr.includes("Waiting: another lotes"))).toHaveLength(1);
  const { requests, peakPerSecond } = await tmdb.stats();
  expect(requests).toBe(80);
  expect(peakPerSecond).toBeLessThanOrEqual(40);
});
