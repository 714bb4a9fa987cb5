import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundleHandler } from "@lotes/bundler";
import { inTurns } from "./in-turns.ts";
import { machine, median, print, root } from "./machine.ts";
import { table } from "./table.ts";

/** Bytes of a minified bundle, and milliseconds to load it, that a cold start may take. */
const GOALS = {
  producer: { bytes: 800_000, importMs: 120 },
  consumer: { bytes: 900_000, importMs: 120 },
  collector: { bytes: 800_000, importMs: 120 },
};

// The median of so many processes hardly moves any more.
const PROCESSES = 21;

/** What the handlers look for when they are loaded; where it leads does not matter then. */
const ENVIRONMENT = {
  AWS_REGION: "us-east-1",
  SST_RESOURCE_App: JSON.stringify({ name: "lotes", stage: "bench" }),
  SST_RESOURCE_DataLake: JSON.stringify({ name: "data-lake" }),
  SST_RESOURCE_LoteQueue: JSON.stringify({ url: "https://sqs.us-east-1.amazonaws.com/123456789012/LoteQueue" }),
  SST_RESOURCE_DeadLetterQueue: JSON.stringify({
    url: "https://sqs.us-east-1.amazonaws.com/123456789012/DeadLetterQueue",
  }),
  SST_RESOURCE_TmdbToken: JSON.stringify({ value: "token" }),
};

const LOAD = `
  const before = performance.now();
  await import(process.argv[1]);
  const ms = performance.now() - before;
  console.log(JSON.stringify({ ms, mib: process.memoryUsage.rss() / 2 ** 20 }));
  process.exit();
`;

interface Load {
  readonly ms: number;
  readonly mib: number;
}

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly goal?: { readonly bytes: number; readonly importMs: number };
}

/** Bundles each function as it is deployed, and loads it in fresh processes; beside them Node's own modules that the bundles import. */
export async function benchBundles(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  try {
    const functions = await bundles(folder);
    const subjects = [...functions, await builtinsOf(functions, folder)];
    const loads = await inTurns(subjects, load, () => PROCESSES);
    const rows: (string | number)[][] = [];
    for (const [subject, loaded] of loads) rows.push(await row(subject, loaded));
    const header = ["function", "kB", "kB gzip", "goal kB", "import ms", "goal ms", "MiB after", "kept"];
    print(`${table(header, rows)}\n\n${machine()}; the median of ${PROCESSES} processes each, in turns`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function bundles(folder: string): Promise<Subject[]> {
  return Promise.all(
    Object.entries(GOALS).map(async ([name, goal]) => {
      const handler = `packages/functions/src/${name}.handler`;
      const { file, bytes } = await bundleHandler(root, handler, path.join(folder, name));
      return { name, file, bytes, goal };
    }),
  );
}

/** A module that imports what the functions import of Node, and nothing else: nobody's load takes less. */
async function builtinsOf(functions: readonly Subject[], folder: string): Promise<Subject> {
  const texts = await Promise.all(functions.map(({ file }) => readFile(file, "utf8")));
  const imported = texts.flatMap((text) => [...text.matchAll(/from\s*"([\w:/]+)"/g)].map(([, name = ""]) => name));
  const builtins = [...new Set(imported)].filter(isBuiltin);
  const text = builtins.map((name) => `import "${name}";\n`).join("");
  const file = path.join(folder, "builtins.mjs");
  await writeFile(file, text);
  return { name: "Node's own", file, bytes: text.length };
}

async function row({ name, file, bytes, goal }: Subject, loads: readonly Load[]): Promise<(string | number)[]> {
  const ms = median(loads.map((load) => load.ms));
  const mib = Math.round(median(loads.map((load) => load.mib)));
  const gzipped = gzipSync(await readFile(file)).length;
  if (goal === undefined) return [name, kB(bytes), kB(gzipped), "", Math.round(ms), "", mib, ""];
  const kept = bytes <= goal.bytes && ms <= goal.importMs;
  return [name, kB(bytes), kB(gzipped), kB(goal.bytes), Math.round(ms), goal.importMs, mib, kept ? "yes" : "no"];
}

async function load({ file }: Subject): Promise<Load> {
  const args = ["--input-type=module", "--eval", LOAD, pathToFileURL(file).href];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: ENVIRONMENT });
  return JSON.parse(stdout);
}

function kB(bytes: number): number {
  return Math.round(bytes / 1000);
}
