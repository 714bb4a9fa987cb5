import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ProgramFailedError, programOnPath } from "./programs.ts";
import { UnavailableError } from "./server.ts";

/** Where what is fetched from the registries stays, for the next time. */
const FOLDER = fileURLToPath(new URL("../../../../node_modules/.cache/conformance/", import.meta.url));

/**
 * A tool's folder. What is not there yet is installed; one that was interrupted is begun anew.
 * @param name of the tool with its version
 * @param install fills the folder
 * @throws {UnavailableError} when it can't be installed
 */
export async function toolFolder(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(FOLDER, name);
  if (existsSync(folder)) return folder;
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  process.stderr.write(`Getting ${name}\n`);
  try {
    await install(part);
  } catch (cause) {
    if (cause instanceof ProgramFailedError)
      throw new UnavailableError(`${name} can't be had: ${cause.message}`, { cause });
    throw cause;
  }
  await rename(part, folder);
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
