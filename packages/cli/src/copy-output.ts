import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { S3ObjectStore } from "@lotes/aws";
import { outputPrefix, type RunDate } from "@lotes/core";

/** What the pipeline writes, and nothing else that may stand in the directory. */
const OUTPUT_NAME = /^(lote_\d+|erros_geral|_run)\.json$/;

/**
 * Copies everything the date's run wrote into a directory, in place of what an earlier run left there.
 * @returns the names of the files
 */
export async function copyOutput(store: S3ObjectStore, date: RunDate, directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const old = (await readdir(directory)).filter((name) => OUTPUT_NAME.test(name));
  await Promise.all(old.map((name) => rm(join(directory, name))));
  const names: string[] = [];
  for await (const { key } of store.list(outputPrefix(date))) {
    const object = await store.get(key);
    await writeFile(join(directory, basename(key)), object?.body ?? "");
    names.push(basename(key));
  }
  return names;
}
