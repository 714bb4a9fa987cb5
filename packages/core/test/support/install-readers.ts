import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { inBackground } from "./background.ts";

const READERS = fileURLToPath(new URL("../readers/", import.meta.url));
const PNPM = createRequire(import.meta.url).resolve("@lotes/node/pinned-pnpm");
// Whatever a user's own .npmrc says: what is native in them are optional dependencies.
const ARGUMENTS = ["install", "--ignore-workspace", "--frozen-lockfile", "--ignore-scripts", "--config.optional=true"];

declare module "vitest" {
  interface ProvidedContext {
    /** Tells the folder in which DuckDB and polars are installed, once they are. */
    readers: string;
  }
}

/**
 * Installs DuckDB and polars while other tests run. Only the test of docs/reading.md needs them. As dependencies of a package they would
 * be more than a quarter of what everybody installs before the first command.
 */
export default function installReaders({ provide, vitest }: TestProject): (() => Promise<void>) | undefined {
  if (!vitest.state.getPaths().some((file) => file.endsWith("/core/test/reading.test.ts"))) return undefined;
  const { file, end } = inBackground(installed);
  provide("readers", file);
  return end;
}

async function installed(): Promise<string> {
  if (await isInstalled()) return READERS;
  await promisify(execFile)(PNPM, ARGUMENTS, { cwd: READERS }).catch(({ message, stdout }) => {
    throw new Error(`DuckDB and polars could not be installed: ${message}\n${stdout}`);
  });
  return READERS;
}

/** pnpm writes last what it has installed. */
async function isInstalled(): Promise<boolean> {
  const [asked, found] = await Promise.all(
    ["pnpm-lock.yaml", "node_modules/.pnpm/lock.yaml"].map((file) =>
      readFile(READERS + file, "utf8").catch(() => undefined),
    ),
  );
  return found !== undefined && found === asked;
}
