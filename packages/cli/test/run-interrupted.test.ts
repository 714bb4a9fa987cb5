import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { functionsHere, LOTES, Workplace } from "./support/cli.ts";

const IDS = movieIds(10);

let place: Workplace;
let tmdb: TmdbStandIn;
beforeEach(async () => {
  place = new Workplace();
  writeFileSync(join(place.path, "movies.csv"), csvSelecting(IDS));
  tmdb = await startTmdbStandIn({ facts: IDS.map(facts), token: "token" });
});
afterEach(async () => {
  await tmdb.stop();
  place[Symbol.dispose]();
});

function run(command: string, ...args: string[]) {
  const child = spawn(command, args, {
    cwd: place.path,
    env: {
      TMDB_TOKEN: "token",
      TMDB_BASE_URL: tmdb.url,
      TMDB_REQUESTS_PER_SECOND: "400",
      LOTE_SIZE: "2",
      ...functionsHere(),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (data) => {
    stderr += data;
  });
  return { child, ended: Promise.all([text(child.stdout), once(child, "close")]), stderr: () => stderr };
}

test("a run that is interrupted takes no more lotes, keeps what it has, and says what is missing", async () => {
  // Lotes 1 and 2 are answered; 3 and 4 are asked for again each second. Without a folder for it there is no log.
  await tmdb.misbehave([{ ids: IDS.slice(4), answer: { status: 429, retryAfter: 1 } }]);
  writeFileSync(join(place.path, ".lotes"), "");
  const { child, ended, stderr } = run(process.execPath, LOTES, "run", "movies.csv");
  const seen = (words: string) => vi.waitFor(() => expect(stderr()).toContain(words), 120_000);
  await seen("lotes 2/5 · ids 4/10 · stored 4");
  await seen("! TMDB keeps answering 429");
  child.kill("SIGINT");
  await seen("Stopping");
  await tmdb.misbehave([]);
  const [stdout, [code]] = await ended;

  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  const lines = stderr().trimEnd().split("\n");
  expect(lines[0]).toMatch(/^! \.lotes\/run\.log can't be written: .*The command goes on without this log\.$/);
  expect(lines.filter((line) => line.startsWith("! TMDB"))).toEqual([
    expect.stringMatching(/^! TMDB keeps answering 429: .*; the requests wait for as long as it asks$/),
  ]);
  expect(lines.at(-1)).toMatch(
    /^lotes: interrupted by SIGINT: 8 stored and 0 failed of 10 ids are in out\/; 2 are missing\. `lotes run` begins anew/,
  );
  expect(readdirSync(join(place.path, "out")).sort()).toEqual([
    "_run.json",
    ...[1, 2, 3, 4].map((n) => `lote_${n}.json`),
    "report.html",
  ]);
  expect(JSON.parse(readFileSync(join(place.path, "out/_run.json"), "utf8"))).toMatchObject({
    ids: 10,
    status: "queued",
  });
});

// As on a full disk, which takes rights to make: no file may be longer than a block.
test.skipIf(process.platform === "win32")(
  "where there is no room for a result, TMDB is not asked for anything",
  async () => {
    const limited = 'ulimit -f 1; exec "$@"';
    const { ended, stderr } = run("/bin/sh", "-c", limited, "sh", process.execPath, LOTES, "run", "movies.csv");
    const [stdout, [code]] = await ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr()).toBe("lotes: nothing can be written to out: file too large (EFBIG); give another --out\n");
    expect((await tmdb.stats()).requests).toBe(0);
  },
);
