import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { outcomeOf } from "@lotes/core/testing/background";
import { recordedFacts, startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import { whereaboutsAt } from "@lotes/local/whereabouts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { functionsHere } from "./support/cli.ts";
import { commandsIn, documentedCommands } from "./support/documents.ts";
import { Folder } from "./support/folder.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const TOKEN = "documented-token";

/** What needs AWS, a person, or another repository, and so is only read here. */
const NOT_RUN: readonly [pattern: RegExp, why: string][] = [
  [/^aws /, "the AWS CLI, and an account"],
  [/^\.\/lotes eventbridge /, "a bucket of an account; eventbridge.test.ts has it"],
  [/^git pull$/, "a remote repository"],
  [/^read -rs /, "a person who pastes a token"],
  [/ (test|check|fix|vitest run .*)$/, "it is, or is a part of, this very run"],
  [/^LOTES_KILLS=/, "half an hour"],
  [/^\.\/lotes cancel$/, "the others go on with the run; json.test.ts cancels one"],
  [/ bench( \w+)?$/, "minutes; bench/test has what it measures"],
  [/ conformance( |$)/, "minutes, and the tools of other languages"],
];

/** What comes to its end by being stopped, and is up while the others run. */
const STAYS = /^\.\/lotes (local|console)( |$)/;

const NPX = "npx -y pnpm@10.34.9 ";
/** The first command of a new user, which installs. */
const START = `${NPX}start`;
const SST = `${NPX}sst `;
const SAMPLE = "./lotes sample > movies.csv";

/** Keeps a part of a CSV, with the film that the documents name: each of the other commands would read all of it, most of them twice. */
function shorten(csv: string): void {
  const [header, ...rows] = readFileSync(csv, "utf8").split("\n");
  const from = rows.findIndex((row) => row.startsWith("tt0068646|"));
  writeFileSync(csv, `${[header, ...rows.slice(from, from + 2_000)].join("\n")}\n`);
}

const ONE_OF_CHAOS = / chaos .*--only /;

/** What the runs of schedules are shortened by: the first that fits. */
const SHORTER: readonly [command: RegExp, options: string][] = [
  // A short one of many troubles and some deaths: the simulation has the many, and this shows what HTTP adds. Those that name how many show
  // no more than that they are called.
  [ONE_OF_CHAOS, "--seed 5 --only 10"],
  [/ chaos( |$)/, "--schedules 0"],
  [/ simulate( |$)/, "--schedules 2 --threads 1"],
];

/** The same command, and less of the same work. */
function shortened(line: string): string {
  const [, options = ""] = SHORTER.find(([command]) => command.test(line)) ?? [];
  return `${line} ${options}`.trimEnd();
}

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What pnpm calls by one of its lines, without the seconds that npx and pnpm take. The first command has them: what they call is to be shown once. */
function withoutPnpm(line: string): string {
  return line.replace(/(?:^|(?<= ))npx -y pnpm@10\.34\.9 (\w+)/, (_, script) => {
    if (!(script in scripts)) throw new Error(`${line}: package.json has no script ${script}`);
    return `PATH="$PWD/node_modules/.bin:$PATH" ${scripts[script]}`;
  });
}

// What a user's .npmrc may say, for other projects' sake.
const AGAINST_THE_GRAIN = {
  npm_config_auto_install_peers: "false",
  npm_config_node_linker: "hoisted",
  npm_config_optional: "false",
  npm_config_shamefully_hoist: "true",
};

let clone: string;
let home: string;
let tmdb: TmdbStandIn;
let local: ChildProcess;
let environment: NodeJS.ProcessEnv;

/** A shell of a new user: their PATH and an empty HOME, in a clone. What packages are downloaded to is kept: this is no test of a registry. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const { storeDir } = JSON.parse(readFileSync(join(root, "node_modules/.modules.yaml"), "utf8"));
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const own = Object.entries(process.env).filter(([name]) => !/^(p?npm_|VITEST|NODE_|TMDB_|AWS_|SST_)/i.test(name));
  return {
    ...Object.fromEntries(own),
    PATH: path.join(delimiter),
    HOME: home,
    // npm and pnpm take both from here, as from a user's .npmrc.
    npm_config_store_dir: storeDir.replace(/\/v\d+$/, ""),
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), ".npm"),
    npm_config_prefer_offline: "true",
    ...AGAINST_THE_GRAIN,
    // To save time: ten times TMDB's budget, and the best known of the sample's movies only.
    MIN_VOTES: "1000000",
    TMDB_REQUESTS_PER_SECOND: "400",
    TMDB_BASE_URL: tmdb.url,
  };
}

/** What meets none of the others but those of its own kind: typed from the beginning on, beside them. */
const BESIDE: readonly RegExp[] = [/ (chaos|simulate)( |$)/, /\.\/lotes run( |$)/, /\.\/lotes (plan|sample)( |$)/];
const begun = new Map<string, ReturnType<typeof type>>();
let installed: ReturnType<typeof type>;

async function type(
  line: string,
  entered = line === START ? line : withoutPnpm(line),
): Promise<{ code: number | null; output: string }> {
  // The first command has run the functions of the sources, as a user's does.
  const env = /\.\/lotes run( |$)/.test(line) ? { ...environment, ...functionsHere() } : environment;
  const shell = spawn("bash", ["-c", entered], { cwd: clone, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, "close")]);
  return { code, output: out + err };
}

function begin(line: string, before: Promise<unknown> = Promise.resolve()): ReturnType<typeof type> {
  const outcome = before.then(() => type(shortened(line).replaceAll("…", TOKEN)));
  begun.set(line, outcome);
  return outcome;
}

/** Each loads what the one before has compiled. */
function typeInTurn(lines: readonly string[]): void {
  let before: Promise<unknown> = Promise.resolve();
  for (const line of lines) before = begin(line, before);
}

/** SST in the place of which a program gives the links of the local stack, as `sst shell` gives those of a stage. */
function standInForSst(url: string): string {
  const { bucket, queueUrls } = whereaboutsAt(url);
  const file = join(home, "sst");
  const links = {
    App: { name: "lotes", stage: "prod" },
    DataLake: { name: bucket },
    LoteQueue: { url: queueUrls.LoteQueue },
    DeadLetterQueue: { url: queueUrls.DeadLetterQueue },
  };
  const exports = Object.entries(links).map(([name, link]) => `export SST_RESOURCE_${name}='${JSON.stringify(link)}'`);
  const aws = `export AWS_ENDPOINT_URL=${url} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`;
  writeFileSync(file, `#!/bin/sh\nshift 4\n${exports.join("\n")}\n${aws}\nexec "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A folder with the npm that SST calls each time: its components are there, and npm would take seconds to see it. */
function npmThatHasAll(): string {
  const folder = join(home, "npm");
  mkdirSync(folder);
  writeFileSync(join(folder, "npm"), '#!/bin/sh\ntest "$*" = install && test -d node_modules\n');
  chmodSync(join(folder, "npm"), 0o755);
  return folder;
}

async function installBySst(): ReturnType<typeof type> {
  const platform = await outcomeOf<string>(inject("components"));
  mkdirSync(join(clone, ".sst"));
  symlinkSync(platform, join(clone, ".sst/platform"));
  const quiet = "SST_TELEMETRY_DISABLED=1 SST_SKIP_DEPENDENCY_CHECK=1 SST_NO_BUN=1";
  const line = `unset SST_BIN_PATH; PATH="${npmThatHasAll()}:$PATH" ${quiet} ${SST}install --stage prod`;
  return type(line, line);
}

const commands = documentedCommands(root);
const isRead = (line: string) => NOT_RUN.some(([pattern]) => pattern.test(line));
const isOfSst = (line: string) => /(^|\s)sst /.test(line);
const typed = commands.filter(({ line }) => !isRead(line) && !isOfSst(line) && !STAYS.test(line));
const isBeside = (line: string) => BESIDE.some((kind) => kind.test(line));
/** Once each: a document may name it again. Last those that are typed beside the others. */
const distinct = [...new Map(typed.map((command) => [command.line, command])).values()].toSorted(
  (a, b) => Number(isBeside(a.line)) - Number(isBeside(b.line)),
);

/** What a clone would have. The project may have come as a zip file, without a repository: so git looks at it by an empty one. */
function projectFiles(): string[] {
  using repository = new Folder();
  execFileSync("git", ["init", "--quiet", "--bare", repository.path]);
  const place = ["--git-dir", repository.path, "--work-tree", "."];
  const files = execFileSync("git", [...place, "ls-files", "--others", "--exclude-standard", "-z"], { cwd: root });
  return files
    .toString()
    .split("\0")
    .filter((name) => name !== "");
}

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), "lotes-clone-"));
  home = mkdtempSync(join(tmpdir(), "lotes-home-"));
  tmdb = await startTmdbStandIn({ facts: recordedFacts(), token: TOKEN });
  for (const file of projectFiles()) cpSync(join(root, file), join(clone, file));
  environment = shellEnvironment();
  const { code, output } = await begin(START);
  expect(code, output).toBe(0);
  local = spawn(join(clone, "lotes"), ["local", "--port", "0", "--json"], {
    cwd: clone,
    env: { ...environment, ...functionsHere() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(local.stdout as NodeJS.ReadableStream), "line");
  environment.SST_BIN_PATH = standInForSst(JSON.parse(line).url);
  installed = installBySst();
  await begin(SAMPLE);
  shorten(join(clone, "movies.csv"));
  for (const kind of BESIDE) {
    typeInTurn(distinct.map(({ line }) => line).filter((line) => kind.test(line) && !begun.has(line)));
  }
});

afterAll(async () => {
  local.kill("SIGTERM");
  await once(local, "exit");
  await Promise.all([...begun.values(), installed]);
  await tmdb.stop();
  for (const folder of [clone, home]) rmSync(folder, { recursive: true });
});

describe("a command of the documents, typed in a clone", () => {
  test.each(distinct)("$line ($place)", async ({ line }) => {
    const { code, output } = await (begun.get(line) ?? begin(line));
    expect({ code, output }).toEqual({ code: 0, output: expect.not.stringMatching(/\n {4}at .*:\d+:\d+/) });
  });

  test("shows over HTTP that after calls that failed every promise holds", async () => {
    const schedule = distinct.find(({ line }) => ONE_OF_CHAOS.test(line));
    // A seed decides what is tried, and the machine's speed decides how often it comes to it: on a busy one no process may live until it is to die.
    expect(await begun.get(schedule?.line ?? "")).toMatchObject({
      output: expect.stringMatching(/^1 schedules, [1-9]\d* troubles, \d+ deaths, 0 broken promises,/m),
    });
  });
});

test("what is installed is what is locked, whatever a user's .npmrc says", () => {
  const [locked, kept] = [root, clone].map((folder) => readFileSync(join(folder, "pnpm-lock.yaml"), "utf8"));
  expect(kept).toBe(locked);
  const vitest = createRequire(realpathSync(join(clone, "node_modules/vitest/package.json")));
  expect(() => vitest.resolve("vite")).not.toThrow();
});

describe("a command of the documents for SST", () => {
  // A sentence may leave out how SST is called: docs/deployment.md says how.
  const lines = commands.map(({ line }) => line).filter((line) => isOfSst(line) && !/^sst /.test(line));

  test("is called in one way", () => {
    expect(lines).not.toEqual([]);
    expect(lines.filter((line) => !line.includes(SST))).toEqual([]);
  });

  // Beyond the evaluation of the configuration all of them need AWS. `install` ends there, by the same code.
  test("evaluates the configuration", async () => {
    const { code, output } = await installed;
    expect(output).toContain("Installed providers");
    expect(code).toBe(0);
  });
});

describe("the documents' commands", () => {
  test("begin with ./lotes or with npx: a bare name is on nobody's PATH", () => {
    expect(commands.filter(({ line }) => /^(\w+=\S* )*(lotes|pnpm) /.test(line))).toEqual([]);
  });

  test("that only need AWS are named, and are still there", () => {
    for (const [pattern, why] of NOT_RUN)
      expect(
        commands.some(({ line }) => pattern.test(line)),
        why,
      ).toBe(true);
  });

  test("are found in blocks, in tables and in sentences", () => {
    const document =
      "```sh\nA=1 ./lotes run   # a comment\n\n# another\n```\n| `./lotes plan x.csv` | or `out/` |\nand `npx -y x`.";
    expect(commandsIn(document, "x.md").map(({ place, line }) => `${place} ${line}`)).toEqual([
      "x.md:2 A=1 ./lotes run",
      "x.md:6 ./lotes plan x.csv",
      "x.md:7 npx -y x",
    ]);
  });
});
