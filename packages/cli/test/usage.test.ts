import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { Workplace } from "./support/cli.ts";
import { lotesHere } from "./support/in-process.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place[Symbol.dispose]());
afterEach(() => vi.unstubAllEnvs());

describe("wrong usage", () => {
  test.each([
    ["an unknown command", ["fly"], "unknown command 'fly'"],
    ["an unknown option", ["run", "--fast"], "unknown option '--fast'"],
    ["a day that is none", ["run", "--date", "2026/02/30"], "yyyy/mm/dd"],
    ["no number", ["sample", "--rows", "many"], "whole number"],
    ["an option in the place of a folder", ["run", "--out", "--force"], "write ./--force"],
    ["a folder in a bucket", ["run", "--out", "s3://bucket/out"], "a path on this machine"],
    ["a home that the shell has left as it is", ["run", "--out", "~/out"], "$HOME"],
    ["a file without a name", ["report", "--out", " "], "It is empty"],
    [
      "a date without its option",
      ["status", "2026/11/23"],
      "The date goes with --date, as yyyy/mm/dd: --date 2026/11/23\n",
    ],
    ["a date behind a CSV", ["ingest", "movies.csv", "2026-11-23"], "--date 2026/11/23\n"],
    ["an id without a letter", ["explain", " "], "It is empty"],
    ["an option in the place of an id", ["replay", "--id", "--all"], "such as tt0068646"],
    ["a terminal's command in an argument", ["status", "--date", "\u001b[31m"], "\\u001b[31m"],
    ["too many rows", ["sample", "--rows", "50000001"], "from 1 to 50000000"],
  ])("(%s) is told in words and exits with 2", async (_, args, words) => {
    const { code, stdout, stderr } = await lotesHere(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(words);
  });

  test("of a date without its option is told to a program too; of a command without dates nothing is said of --date", async () => {
    const { code, stdout } = await lotesHere("cancel", "2026/11/23", "--json");
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 2, error: "wrong_usage" });
    expect(JSON.parse(stdout).error.message).toMatch(
      /^too many arguments .* The date goes with --date, .*2026\/11\/23$/,
    );
    expect((await lotesHere("runs", "2026/11/23")).stderr).not.toContain("--date");
  });

  test("is told the same by a process of its own", async () => {
    expect(await place.process(["fly"])).toEqual(await lotesHere("fly"));
  });

  test.each([
    [{ TMDB_REQUESTS_PER_SECOND: "fast" }, "TMDB_REQUESTS_PER_SECOND must be a whole number from 1"],
    [{ CONSUMER_CONCURRENCY: "1" }, "CONSUMER_CONCURRENCY must be a whole number from 2"],
    [{ TMDB_TOKEN: "two words" }, "TMDB_TOKEN must be"],
  ])("(a setting such as %o) is one line that names it, and exits with 2", async (env, words) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { code, stderr } = await lotesHere("run");
    expect(code).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("two words");
  });
});

describe("help", () => {
  test.each([[["--help"]], [["run", "--help"]], [["sample", "--help"]]])(
    "of %j goes to stdout and exits with 0",
    async (args) => {
      const { code, stdout, stderr } = await lotesHere(...args);
      expect(code).toBe(0);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/Example|Settings/);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  test("is the same from a process of its own", async () => {
    expect(await place.process(["run", "--help"])).toEqual(await lotesHere("run", "--help"));
  });
});

describe("lotes sample", () => {
  test("writes as many rows as asked for, the same for the same seed", async () => {
    const [once, again, other] = await Promise.all([
      lotesHere("sample", "--rows", "500", "--seed", "7"),
      lotesHere("sample", "--rows", "500", "--seed", "7"),
      lotesHere("sample", "--rows", "500", "--seed", "8"),
    ]);
    expect(once.code).toBe(0);
    expect(once.stdout.split("\n")).toHaveLength(1 + 500 + 1);
    expect(again.stdout).toBe(once.stdout);
    expect(other.stdout).not.toBe(once.stdout);
  });
});

describe("help", () => {
  test.each(["run", "local", "plan", "ingest", "status", "errors", "replay", "sample"])(
    "of %s has an example, and fits a terminal",
    async (command) => {
      const { code, stdout } = await lotesHere(command, "--help");
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples?:\n {2}.*lotes ${command}`));
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test("of each command calls the program as it was called", async () => {
    vi.stubEnv("LOTES_COMMAND", "../lotes");
    vi.resetModules();
    // Other tests' commands have another name.
    onTestFinished(() => void vi.unstubAllEnvs().resetModules());
    const { program } = await import("../src/program.ts");
    for (const command of program().commands) {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toContain(`  ../lotes ${command.name()}`);
      expect(help).not.toMatch(/(?<!Usage: |\.\.\/)lotes [a-z]/);
    }
  });
});
