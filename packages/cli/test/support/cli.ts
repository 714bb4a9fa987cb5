import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

export const LOTES = fileURLToPath(new URL("../../bin/lotes.mjs", import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a `lotes` that is to run its functions by itself. */
export function functionsHere(): Record<string, string> {
  const preload = new URL("functions-here.mjs", import.meta.url).href;
  return { NODE_OPTIONS: `--import=${preload}`, LOTES_TEST_FUNCTIONS: inject("functionScripts") };
}

/** The environment of a `lotes` whose functions are the sources, as a user's are. */
export const FUNCTIONS_OF_SOURCES = { NODE_OPTIONS: "" };

/** An empty directory to run commands in, as a user would. */
export class Workplace implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "lotes-"));

  /** Runs `lotes` with nothing in its environment but what is given and the budget, which is ten times TMDB's to save time. */
  async lotes(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    const child = spawn(process.execPath, [LOTES, ...args], {
      cwd: this.path,
      env: { TMDB_REQUESTS_PER_SECOND: "400", ...(args[0] === "run" && functionsHere()), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code, stdout, stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
