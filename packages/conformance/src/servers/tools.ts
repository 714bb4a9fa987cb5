import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, rename } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ProgramFailedError, programOnPath } from "./programs.ts";
import { UnavailableError } from "./server.ts";

/** Where what is fetched from the registries stays, for the next time. */
const FOLDER = fileURLToPath(new URL("../../../../node_modules/.cache/conformance/", import.meta.url));

/**
 * A tool's folder. What is not there yet is installed beside it first, so that it is there whole or not at all.
 * @param name of the tool with its version
 * @param install fills the folder
 * @throws {UnavailableError} when it can't be installed
 */
export async function toolFolder(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(FOLDER, name);
  if (existsSync(folder)) return folder;
  await mkdir(FOLDER, { recursive: true });
  const part = await mkdtemp(`${folder}.part-`);
  const remove = () => rmSync(part, { recursive: true, force: true });
  process.on("exit", remove);
  process.stderr.write(`Getting ${name}\n`);
  try {
    await install(part);
    await rename(part, folder);
  } catch (cause) {
    if (existsSync(folder)) return folder;
    if (!(cause instanceof ProgramFailedError)) throw cause;
    throw new UnavailableError(`${name} can't be had: ${cause.message}`, { cause });
  } finally {
    remove();
    process.off("exit", remove);
  }
  return folder;
}

/**
 * @param whatFor what can't be had without it
 * @throws {UnavailableError} when PATH has no such program
 */
export function required(program: string, whatFor: string): string {
  const found = programOnPath(program);
  if (found === undefined) throw new UnavailableError(`${whatFor} needs ${program}, which is not on PATH`);
  return found;
}
