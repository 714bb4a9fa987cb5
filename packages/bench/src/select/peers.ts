import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { CACHE } from "../csv-file.ts";

const run = promisify(execFile);
const here = (name: string) => path.join(import.meta.dirname, name);

/** Something that selects the ids of a CSV as a process of its own. */
export interface Contender {
  readonly name: string;
  command(csv: string): { readonly file: string; readonly args: readonly string[] };
}

/** Scripts of ours, bundled as they would be deployed: no type is stripped and no module looked for at run time. */
export async function bundled(name: string): Promise<(csv: string) => { file: string; args: string[] }> {
  const outfile = path.join(CACHE, `${name}.mjs`);
  await build({
    entryPoints: [here(`${name}.ts`)],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "es2024",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return (csv) => ({ file: process.execPath, args: [outfile, csv] });
}

// Installed for the bench alone, outside the project: the product never depends on them.
const PEERS = { "@duckdb/node-api": "1.5.6-r.1", "nodejs-polars": "0.26.1" };

/** DuckDB, polars and pandas, as far as they are there or can be had. */
export async function peers(onMissing: (why: string) => void): Promise<Contender[]> {
  return [...(await fromNpm(onMissing)), ...(await fromPython(onMissing))];
}

async function fromNpm(onMissing: (why: string) => void): Promise<Contender[]> {
  const folder = path.join(CACHE, "peers");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), '{ "private": true }\n');
  const packages = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
  try {
    await run("npm", ["install", "--no-audit", "--no-fund", "--include=optional", ...packages, ...(await native())], {
      cwd: folder,
    });
  } catch (error) {
    onMissing(`DuckDB and polars could not be installed: ${(error as Error).message.split("\n")[0]}`);
    return [];
  }
  const contender = (name: string, script: string, threads: number): Contender => ({
    name: `${name}, ${threads} thread${threads > 1 ? "s" : ""}`,
    command: (csv) => ({ file: process.execPath, args: [here(script), csv, String(threads), folder] }),
  });
  return [
    contender("DuckDB", "duckdb.mjs", 1),
    contender("DuckDB", "duckdb.mjs", 2),
    contender("polars", "polars.mjs", 1),
    contender("polars", "polars.mjs", 2),
  ];
}

/** polars' part for this machine, which npm does not always choose by itself. */
async function native(): Promise<string[]> {
  const name = `nodejs-polars-${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}`;
  return [`${name}@${PEERS["nodejs-polars"]}`];
}

async function fromPython(onMissing: (why: string) => void): Promise<Contender[]> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const found = await run(python, ["-c", "import pandas; print(pandas.__version__)"]).catch(() => undefined);
    if (found === undefined) continue;
    return [
      {
        name: `pandas ${found.stdout.trim()}, the seed's way`,
        command: (csv) => ({ file: python, args: [here("pandas_seed.py"), csv] }),
      },
    ];
  }
  onMissing("there is no python3 with pandas");
  return [];
}
