import type { Dirent } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { systemReason } from "./system-error.ts";
import { UsageError, UserError } from "./user-error.ts";

/** What the pipeline writes, and nothing else that may stand in the directory. */
const OUTPUT_NAME = /^(lote_\d+\.json|erros_geral\.json|_run\.json|_manifest\.json|report\.html)$/;

// The file of a full lote has some 25 kB. Without room for one file a run need not begin.
const PROBE_BYTES = 32 * 1024;

/** Where the files of an earlier run wait until the new ones are in their place. */
const EARLIER = "earlier";

/** A directory that does not take the files. The message names it, and gives the operating system's reason. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
}

export interface OutputFile {
  readonly name: string;
  readonly body: string;
}

/** Where a run's files are copied to, in place of what an earlier run left there. */
export class OutputDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Finds out whether the files could be written, and leaves everything as it was.
   * @throws {UsageError} when something stands in the way that is no directory where one must be, or no file
   * @throws {UserError} when the directory can't be made or written to, or there is no room
   */
  async check(): Promise<void> {
    if (this.path === "") throw new UsageError("--out is empty: give a directory");
    const existing = await this.#nearestDirectory();
    const inTheWay = (await entriesOf(this.path)).find((entry) => entry.isDirectory());
    if (inTheWay) {
      throw new UsageError(
        `${join(this.path, inTheWay.name)} is a directory, and the run writes a file of that name: remove it, or give another --out`,
      );
    }
    try {
      const probe = await mkdtemp(join(existing, ".lotes-"));
      try {
        await writeFile(join(probe, "probe"), new Uint8Array(PROBE_BYTES));
      } finally {
        await rm(probe, { recursive: true, force: true });
      }
    } catch (error) {
      throw new UserError(`nothing can be written to ${this.path}: ${systemReason(error)}; give another --out`, {
        cause: error,
      });
    }
  }

  /**
   * Writes all files beside those that are there, and only then puts them in their place. When that fails, what was there is there again.
   * @returns the names of the files
   * @throws {DirectoryError}
   * @throws what `files` throws
   */
  async replaceWith(files: AsyncIterable<OutputFile>): Promise<string[]> {
    // It is within the directory, since a file is moved at once only on the same disk.
    const staging = await this.#named(async () => {
      await mkdir(this.path, { recursive: true });
      return mkdtemp(join(this.path, ".lotes-"));
    });
    const names: string[] = [];
    try {
      for await (const { name, body } of files) {
        names.push(name);
        await this.#named(() => writeFile(join(staging, name), body));
      }
      await this.#named(() => this.#swap(staging, names));
      await ignored(rm(staging, { recursive: true }));
      return names;
    } catch (error) {
      await Promise.all(names.map((name) => ignored(rm(join(staging, name), { force: true }))));
      // Only empty ones are removed: a file that could not be put back must stay.
      await ignored(rmdir(join(staging, EARLIER)));
      await ignored(rmdir(staging));
      throw error;
    }
  }

  async #swap(staging: string, names: readonly string[]): Promise<void> {
    await mkdir(join(staging, EARLIER));
    const earlier = (await entriesOf(this.path)).filter((entry) => !entry.isDirectory());
    const moves = [
      ...earlier.map(({ name }) => ({ from: join(this.path, name), to: join(staging, EARLIER, name) })),
      ...names.map((name) => ({ from: join(staging, name), to: join(this.path, name) })),
    ];
    const done: typeof moves = [];
    try {
      for (const move of moves) {
        await rename(move.from, move.to);
        done.unshift(move);
      }
    } catch (error) {
      for (const { from, to } of done) await ignored(rename(to, from));
      throw error;
    }
  }

  async #named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new DirectoryError(`${this.path}: ${systemReason(cause)}`, { cause });
    }
  }

  /** The directory itself, or the one in which it would be made. */
  async #nearestDirectory(): Promise<string> {
    for (let path = resolve(this.path); ; path = dirname(path)) {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? "");
      if (typeof found !== "string") {
        if (found.isDirectory()) return path;
        throw new UsageError(`${path} is a file, and --out ${this.path} must be a directory: give another --out`);
      }
      if (found === "ENOENT" && (await isLink(path))) {
        throw new UsageError(`${path} is a link that leads nowhere: remove it, or give another --out`);
      }
      // A directory that can't be read can't be written to either. The probe tells why.
      if (!["ENOENT", "ENOTDIR"].includes(found)) return path;
    }
  }
}

/** The files of earlier runs, and directories with their names. */
async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter(({ name }) => OUTPUT_NAME.test(name));
}

async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
}

/** Tidies up. An error is ignored, since the files are safe without it. */
async function ignored(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
