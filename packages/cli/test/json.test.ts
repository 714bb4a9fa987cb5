import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { inputKey, TROUBLE_CODES } from "@lotes/core";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { DEPLOYED_TIMING, LocalServices } from "@lotes/local";
import { NotifyingS3 } from "@lotes/local/testing/notifying-s3";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ERROR_CODES } from "../src/user-error.ts";
import type { CliResult } from "./support/cli.ts";
import { Folder } from "./support/folder.ts";
import { lotesHere, lotesWriting } from "./support/in-process.ts";
import { codesInDocs, jsonExamples, RUN_HEADING, shapeOf } from "./support/json-docs.ts";
import { DATE, Operator } from "./support/operator.ts";

const examples = jsonExamples();
const printed = new Map<string, unknown>();
let directory: string;
let csv: string;

/** Runs a command, and keeps what it printed under the heading that it has in the docs. */
async function lotes(heading: string, ...args: string[]) {
  const result = await lotesHere(...args, "--json");
  const document = JSON.parse(result.stdout);
  printed.set(heading, document);
  return { ...result, document };
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "lotes-json-"));
  csv = join(directory, "movies.csv");
  writeFileSync(csv, csvSelecting([...movieIds(2), "tt7777770"]));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("against a stack", () => {
  let operator: Operator;
  beforeAll(async () => {
    operator = await Operator.start({ facts: movieIds(2).map(facts), misbehaviour: [{ answer: { status: 401 } }] });
    printed.set("local", await operator.startStack());
  });
  let consoleEnds: Promise<CliResult> | undefined;
  afterAll(async () => {
    // One signal ends the stack and the console.
    await operator[Symbol.asyncDispose]();
    expect((await consoleEnds)?.code).toBe(0);
  });

  test("ingest tells the run, and with --watch what became of it; --strict exits with 3", async () => {
    const { code, document } = await lotes("ingest", "ingest", csv, "--date", DATE);
    expect(code).toBe(0);
    expect(document).toMatchObject({ date: DATE, run: expect.stringMatching(/^[0-9a-f]{16}$/), account: null });

    const watched = await lotes("ingest --watch", "ingest", csv, "--date", DATE, "--watch", "--strict");
    expect(watched.code).toBe(3);
    expect(watched.document.run).not.toBe(document.run);
    expect(watched.document.account).toMatchObject({ run: watched.document.run, failed: 3, settled: true });
  });

  test("status tells times, places and troubles, and with --strict exits with 3", async () => {
    const { code, document } = await lotes("status", "status", "--date", DATE);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      input: "s3://data-lake/Raw/Local/CSV/Movies/2026/11/23/movies.csv",
      output: "s3://data-lake/Raw/TMDB/JSON/Movies/2026/11/23/",
      malformed: { count: 0, first_lines: [] },
      left: 0,
      settled: true,
      troubles: [{ code: "token_refused" }],
    });
    const times = [document.started_at, document.queued_at, document.finished_at];
    expect(times.toSorted()).toEqual(times);
    expect((await lotesHere("status", "--date", DATE, "--strict")).code).toBe(3);
  });

  test("replay tells what it would send, and with --watch what came of it", async () => {
    const dry = await lotes("replay", "replay", "--date", DATE, "--dry-run", "--dlq");
    expect(dry.document).toMatchObject({ ids: 3, sent: false, recovered: null, dlq: { waiting: 0 } });

    await operator.tmdb.misbehave([]);
    const { code, document } = await lotes("replay --watch", "replay", "--date", DATE, "--watch", "--strict");
    expect(code).toBe(0);
    expect(document).toMatchObject({ ids: 3, sent: true, recovered: 2, failed_again: 1, settled: true });
    expect(document.account).toMatchObject({ stored: 2, reasons: { not_found: 1 } });
  });

  test("replay of one id says why there is nothing to send", async () => {
    const [stored = ""] = movieIds(1);
    const withRecord = await lotesHere("replay", "--date", DATE, "--id", stored, "--json");
    expect(withRecord.code).toBe(0);
    expect(JSON.parse(withRecord.stdout)).toMatchObject({
      ids: 0,
      troubles: [{ code: "has_record", message: `${stored} did not fail: its record is in lote_1.json` }],
    });
    for (const [args, error] of [
      [["tt9999999"], "not_of_this_run"],
      [["tt7777770", "--reason", "network"], "other_reason"],
    ] as const) {
      const { code, stdout } = await lotesHere("replay", "--date", DATE, "--json", "--id", ...args);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toEqual({ error: { code: error, message: expect.stringContaining(args[0]) } });
    }
  });

  test("errors tells each failure", async () => {
    const { document } = await lotes("errors", "errors", "--date", DATE);
    expect(document).toMatchObject({ failed: 1, entries: [{ imdb_id: "tt7777770", reason: "not_found" }] });
  });

  test("runs tells the settled run of each date, and which manifest can't be read", async () => {
    const { code, document } = await lotes("runs", "runs");
    expect(code).toBe(0);
    expect(document).toMatchObject({ runs: [{ date: DATE, ids: 3 }], troubles: [] });
    const [{ seconds }] = document.runs;
    expect((await lotesHere("runs")).stdout).toMatch(
      new RegExp(`seconds\\n  ${DATE} .* 3 .* 0 +\\d+ +${seconds.toFixed(1)}\\n`),
    );

    const manifest = await operator.swap("_manifest.json", "{");
    const { stdout } = await lotesHere("runs");
    expect(stdout).toContain(`! ${DATE}: _manifest.json is not JSON; remove it, and drop the CSV again`);
    await operator.swap("_manifest.json", manifest);
  });

  test("report writes the run as a file, and says which", async () => {
    const file = join(directory, "reports/monday.html");
    const { code, document } = await lotes("report", "report", "--date", DATE, "--out", file);
    expect(code).toBe(0);
    expect(document).toMatchObject({ ids: 3, stored: 2, failed: 1, settled: true, file });
    expect(readFileSync(file, "utf8")).toContain(document.run);
    expect(document.bytes).toBe(statSync(file).size);
    // A directory is in the place of the file.
    const { stderr } = await lotesHere("report", "--date", DATE, "--out", directory);
    expect(stderr).toMatch(/^lotes: .* is not a file: give another --out\n$/);
    expect((await lotesHere("report", "--date", "2026/01/01", "--out", file)).stderr).toContain("there is no run of");
  });

  test("console tells where its page is, which the end of the command takes down", async () => {
    const written = { stdout: "", stderr: "" };
    consoleEnds = lotesWriting(written, "console", "--port", "0", "--json");
    await vi.waitUntil(() => written.stdout.includes("\n"), { timeout: 120_000, interval: 10 });
    const document = JSON.parse(written.stdout);
    printed.set("console", document);
    expect((await fetch(document.url)).status).toBe(200);
  });

  test("explain tells what became of an id, and which rows of the CSV select it", async () => {
    const [stored = ""] = movieIds(1);
    const { code, document } = await lotes("explain", "explain", stored, "--date", DATE, "--csv", csv);
    expect(code).toBe(0);
    expect(document).toMatchObject({ state: "stored", lote: 1, record: facts(stored), rows: [{ line: 2 }] });
    const told = async (id: string) => (await lotesHere("explain", id, "--date", DATE, "--csv", csv)).stdout;
    expect(await told(stored)).toMatch(/stored in lote_1.json, lote 1 of 1\n[\s\S]*selected by line 2: id tt1000000, /);
    expect(await told("tt7777770")).toMatch(
      /failed in lote 1 of 1: not_found, status 404[\s\S]*tried 2 times, first at /,
    );
    expect(await told("tt9999999")).toMatch(/never selected[\s\S]*no row of the CSV has it/);

    const other = join(directory, "other.csv");
    writeFileSync(other, csvSelecting(["tt9999999"]));
    const { stdout, stderr } = await lotesHere("explain", "tt9999999", "--date", DATE, "--csv", other);
    expect(stdout).toMatch(/never selected[\s\S]*selected by line 2: /);
    expect(stderr).toMatch(
      /^! .*other\.csv is not the CSV of the run: it has [\d,]+ bytes, and that has [\d,]+ bytes\n$/,
    );
  });

  test("status says that a later upload was rejected, among the rest, and with --strict exits with 3", async () => {
    await operator.drop("no CSV of ours\n");
    await operator.until(({ run }) => run.rejected !== null);
    const { code, stdout, stderr } = await lotesHere("status", "--date", DATE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("3 ids = 2 stored + 1 failed: every id is accounted for\n\n! a later upload was rejected");
    const strict = await lotesHere("status", "--date", DATE, "--strict", "--json");
    expect(strict.code).toBe(3);
    expect(JSON.parse(strict.stdout)).toMatchObject({ troubles: [{ code: "upload_rejected" }], settled: true });
  });

  test("cancel ends a run, once and for all, and the equation holds with what was cancelled", async () => {
    await operator.setQueue("LoteQueue", { delaySeconds: 900 });
    await lotesHere("ingest", csv, "--date", DATE);
    // Before that there is no time of it to be told.
    await operator.until(({ run }) => run.status === "queued");
    const { code, document } = await lotes("cancel", "cancel", "--date", DATE);
    expect(code).toBe(0);
    const ended = { status: "cancelled", ids: 3, stored: 0, failed: 0, cancelled: 3, left: 0, settled: false };
    expect(document).toMatchObject({ ...ended, troubles: [{ code: "run_cancelled" }] });
    const [never = ""] = movieIds(1);
    expect((await lotesHere("explain", never, "--date", DATE)).stdout).toMatch(
      /neither stored nor failed: the run was cancelled at /,
    );
    const again = await lotesHere("cancel", "--date", DATE);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("3 ids = 0 stored + 0 failed + 3 cancelled: every id is accounted for\n");

    const watched = await lotesHere("status", "--watch", "--date", DATE, "--json");
    expect({ code: watched.code, status: JSON.parse(watched.stdout).status }).toEqual({ code: 1, status: "cancelled" });
    const replayed = await lotesHere("replay", "--watch", "--all", "--date", DATE, "--json");
    expect(JSON.parse(replayed.stdout)).toMatchObject({ ids: 0, sent: true, troubles: [{ code: "run_cancelled" }] });
    expect(replayed.code).toBe(1);
  });
});

describe("against a bucket whose notification leads nowhere", () => {
  const folder = new Folder();
  const home = process.cwd();
  let services: LocalServices;
  beforeAll(async () => {
    services = await LocalServices.start(DEPLOYED_TIMING, { port: 0 });
    folder.write(".lotes/local.json", JSON.stringify({ url: services.emulator.url }));
    process.chdir(folder.path);
  });
  afterAll(async () => {
    process.chdir(home);
    folder[Symbol.dispose]();
    await services.stop();
  });

  async function put(key: string): Promise<void> {
    const s3 = new S3Client(services.clientConfig);
    await s3.send(new PutObjectCommand({ Bucket: services.bucket, Key: key, Body: csvSelecting([]) }));
    s3.destroy();
  }

  test("status says that there is no run, and which CSV lies at another key", async () => {
    const misplaced = "Raw/Local/CSV/Movies/2026/1/5/movies.csv";
    await put(misplaced);
    const { code, stderr, document } = await lotes("a failure", "status", "--date", "2026/01/05");
    expect(code).toBe(1);
    const message = `s3://data-lake/${misplaced} lies where no run begins: its key should be ${inputKey("2026/01/05")}`;
    expect(document).toEqual({
      error: { code: "no_run", message: expect.stringMatching(/^there is no run of 2026\/01\/05 on /) },
      troubles: [{ code: "misplaced_csv", message }],
    });
    expect(stderr).toContain(`\n! ${message}\n`);
  });

  test("status says that a CSV was dropped whose run has yet to begin", async () => {
    await put(inputKey(DATE));
    const { code, document } = await lotes("status, before the run", "status", "--date", DATE);
    expect(code).toBe(0);
    expect(document).toMatchObject({ run: null, status: "dropped", troubles: [] });
  });
});

test("eventbridge tells what it did to a bucket", async () => {
  await using s3 = await NotifyingS3.start();
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  const { document } = await lotes("eventbridge", "eventbridge", "the-lake");
  vi.unstubAllEnvs();
  expect(document).toMatchObject({ bucket: "the-lake", switched: true, notified: Array(3).fill(expect.any(String)) });
});

test("a plan tells what a run would be", async () => {
  const { document } = await lotes("plan", "plan", csv);
  expect(document).toMatchObject({ ids: 3, malformed: { count: 0, first_lines: [] } });
});

describe("docs/json.md", () => {
  test("has an example of everything that is printed, with the same keys and types", () => {
    // What `lotes run` prints is compared where it is run.
    expect([...printed.keys(), RUN_HEADING].sort()).toEqual([...examples.keys()].sort());
    for (const [command, document] of printed) {
      expect({ command, shape: shapeOf(document) }).toEqual({ command, shape: shapeOf(examples.get(command)) });
    }
  });

  test("tells what each code of a trouble or an error means", () => {
    expect(codesInDocs().sort()).toEqual([...TROUBLE_CODES, ...ERROR_CODES].sort());
  });
});
