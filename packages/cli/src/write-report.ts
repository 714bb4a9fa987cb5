import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { systemReason } from "./system-error.ts";
import { UserError } from "./user-error.ts";

/**
 * Writes a report; whoever has an earlier one of that name open never sees half of the new one.
 * @returns how many bytes it has
 * @throws {UserError} when it can't be written
 */
export async function writeReport(path: string, html: string): Promise<number> {
  const half = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(half, html);
    await rename(half, path);
  } catch (cause) {
    await rm(half, { force: true }).catch(() => {});
    throw new UserError(`${path} can't be written: ${systemReason(cause)}; give another --out`, { cause });
  }
  return Buffer.byteLength(html);
}
