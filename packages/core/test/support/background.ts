import { mkdtempSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface BackgroundWork {
  /** Where the outcome appears, once there is one. Test files are in processes of their own, and wait for it by `outcomeOf`. */
  readonly file: string;
  /** Waits for the work, and removes the file. */
  end(): Promise<void>;
}

/** Begins what test files need, and what takes so long that other tests should run meanwhile. */
export function inBackground(work: () => Promise<unknown>): BackgroundWork {
  const folder = mkdtempSync(join(tmpdir(), "lotes-background-"));
  const file = join(folder, "outcome.json");
  const told = work()
    .then((result) => ({ result }))
    .catch((error: Error) => ({ error: error.message }))
    .then((outcome) => put(file, JSON.stringify(outcome)));
  return {
    file,
    async end() {
      await told;
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits for the work in the background. Fails as the work did. */
export async function outcomeOf<Result>(file: string): Promise<Result> {
  for (;;) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) {
      await delay(100);
      continue;
    }
    const { error, result } = JSON.parse(text);
    if (error !== undefined) throw new Error(error);
    return result;
  }
}

/** Whole or not at all: it is waited for. */
async function put(file: string, content: string): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}
