import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHandler } from "@lotes/bundler";
import { FUNCTIONS, type FunctionName } from "@lotes/core";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** The functions as `sst deploy` bundles them, each in a folder of its own outside the project. */
export interface Bundles extends AsyncDisposable {
  readonly files: Readonly<Record<FunctionName, string>>;
}

export async function bundles(): Promise<Bundles> {
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-conformance-"));
  const entries = FUNCTIONS.map(async (name) => {
    const handler = `packages/functions/src/${name}.handler`;
    return [name, (await bundleHandler(ROOT, handler, path.join(folder, name))).file];
  });
  return {
    files: Object.fromEntries(await Promise.all(entries)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
