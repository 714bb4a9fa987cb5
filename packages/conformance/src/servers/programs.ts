import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import path from "node:path";

/** What still runs. A program is the first of its own group of processes, so that what it has started ends with it. */
const running = new Set<ChildProcess>();

process.on("exit", () => {
  for (const each of running) end(each, "SIGKILL");
});

/** Ends a process with this one, whoever has started it. */
export function endWithThis(child: ChildProcess): void {
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
}

/** How much of what a program printed is kept, to tell why it failed. */
const KEPT_CHARACTERS = 4_000;

/** A program that this process has started, and that ends with it. */
export class Program implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly #exited: Promise<number | null>;
  #printed = "";

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.process = spawn(command, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.process);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.#exited = promise;
    this.process.once("error", (error) => {
      this.#printed += error.message;
      running.delete(this.process);
      resolve(null);
    });
    this.process.once("exit", (code) => {
      running.delete(this.process);
      resolve(code);
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on("data", (data) => {
        this.#printed = (this.#printed + data).slice(-KEPT_CHARACTERS);
      });
    }
  }

  /** The last of what it printed. */
  get printed(): string {
    return this.#printed.trim();
  }

  /** The code that it exits with; null when it could not be started or was killed. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.pid === undefined) return;
    const exited = once(this.process, "exit");
    end(this.process, "SIGTERM");
    const patience = setTimeout(() => end(this.process, "SIGKILL"), 5_000);
    await exited;
    clearTimeout(patience);
  }
}

/** A program did not end well. */
export class ProgramFailedError extends Error {
  override readonly name = "ProgramFailedError";
}

/**
 * Runs a program to its end.
 * @throws {ProgramFailedError} with what it said
 */
export async function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  const program = new Program(command, args, options);
  const code = await program.exited;
  if (code === 0) return;
  const lines = program.printed.split("\n");
  const why = lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
  throw new ProgramFailedError(`${path.basename(command)} ${args[0] ?? ""} failed: ${why}`);
}

/** Where a program lies by PATH, or undefined. */
export function programOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
