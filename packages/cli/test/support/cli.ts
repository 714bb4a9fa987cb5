import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runFunctionsHere } from "@lotes/functions/testing/functions-here";
import { inject } from "vitest";
import { lotesWriting, type Written } from "./in-process.ts";

export const LOTES = fileURLToPath(new URL("../../bin/lotes.cjs", import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** The environment of a `lotes` that is to run its functions by itself. */
export function functionsHere(): Record<string, string> {
  const preload = new URL("functions-here.mjs", import.meta.url).href;
  return { NODE_OPTIONS: `--import=${preload}`, LOTES_TEST_FUNCTIONS: inject("functionScripts") };
}

// To save time: ten times TMDB's.
const BUDGET = { TMDB_REQUESTS_PER_SECOND: "400" };

/** Of this process, which goes back to both once the last workplace is gone. */
const own = { env: process.env, folder: process.cwd() };

/** An empty directory to run commands in, as a user would. */
export class Workplace implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "lotes-"));

  /**
   * Runs `lotes` in this process, with nothing in its environment but what is given and the budget. This process stays here until the
   * workplace is disposed of: commands may run at once, if in one place.
   * @param written to which is added what it writes
   */
  lotes(args: readonly string[], env: Environment = {}, written: Written = { stdout: "", stderr: "" }) {
    runFunctionsHere(inject("functionScripts"));
    process.chdir(this.path);
    process.env = { ...BUDGET, ...env };
    return lotesWriting(written, ...args);
  }

  /** Runs it as {@link lotes} does, but in a process of its own. */
  async process(args: readonly string[], env: Environment = {}): Promise<CliResult> {
    const child = spawn(process.execPath, [LOTES, ...args], {
      cwd: this.path,
      env: { ...BUDGET, ...(args[0] === "run" && functionsHere()), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code, stdout, stderr };
  }

  [Symbol.dispose](): void {
    process.chdir(own.folder);
    process.env = own.env;
    rmSync(this.path, { recursive: true });
  }
}
