import { lstat, mkdir, mkdtemp, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemReason } from "./system-error.ts";
import { UsageError, UserError } from "./user-error.ts";

/**
 * Writes a report; whoever has an earlier one of that name open never sees half of the new one. A link stays, and what it leads to is replaced.
 * @returns how many bytes it has
 * @throws {UsageError} when something else than a file has the name, such as a device or a folder
 * @throws {UserError} when it can't be written
 */
export async function writeReport(path: string, html: string): Promise<number> {
  try {
    const file = await replaceable(path);
    await mkdir(dirname(file), { recursive: true });
    // It is beside the file, since a file is moved at once only on the same disk.
    const staging = await mkdtemp(join(dirname(file), ".lotes-"));
    try {
      await writeFile(join(staging, "report"), html);
      await rename(join(staging, "report"), file);
    } finally {
      await rm(staging, { recursive: true, force: true }).catch(() => {});
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UserError(`${path} can't be written: ${systemReason(cause)}; give another --out`, { cause });
  }
  return Buffer.byteLength(html);
}

/**
 * The file of that name, where links lead to, or the name itself where nothing is yet.
 * @throws {UsageError} when moving a file there would remove something that is no file. The system's administrator could so lose /dev/null.
 */
async function replaceable(path: string): Promise<string> {
  const found = await stat(path).catch(isMissing);
  if (found?.isFile()) return realpath(path);
  const inTheWay = found ?? (await lstat(path).catch(isMissing));
  if (inTheWay === undefined) return path;
  const what = inTheWay.isSymbolicLink() ? "is a link that leads nowhere" : "is not a file";
  throw new UsageError(`${path} ${what}: give another --out`);
}

function isMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
