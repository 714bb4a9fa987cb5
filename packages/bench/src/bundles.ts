import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundleHandler } from "@lotes/bundler";
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

/** Bundles each function as it is deployed, and loads it in fresh processes. */
export async function benchBundles(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  try {
    const rows: (string | number)[][] = [];
    for (const [service, goal] of Object.entries(GOALS)) {
      const { file, bytes } = await bundleHandler(
        root,
        `packages/functions/src/${service}.handler`,
        path.join(folder, service),
      );
      const loads = await loadOften(file);
      const ms = median(loads.map((load) => load.ms));
      const mib = median(loads.map((load) => load.mib));
      const gzipped = gzipSync(await readFile(file)).length;
      const kept = bytes <= goal.bytes && ms <= goal.importMs;
      rows.push([
        service,
        kB(bytes),
        kB(gzipped),
        kB(goal.bytes),
        Math.round(ms),
        goal.importMs,
        Math.round(mib),
        kept ? "yes" : "no",
      ]);
    }
    const header = ["function", "kB", "kB gzip", "goal kB", "import ms", "goal ms", "MiB after", "kept"];
    print(`${table(header, rows)}\n\n${machine()}; the median of ${PROCESSES} processes each`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loadOften(file: string): Promise<Load[]> {
  const loads: Load[] = [];
  // The first one finds the file outside the machine's cache, which is not what is asked here.
  await load(file);
  while (loads.length < PROCESSES) loads.push(await load(file));
  return loads;
}

async function load(file: string): Promise<Load> {
  const args = ["--input-type=module", "--eval", LOAD, pathToFileURL(file).href];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: ENVIRONMENT });
  return JSON.parse(stdout);
}

function kB(bytes: number): number {
  return Math.round(bytes / 1000);
}
