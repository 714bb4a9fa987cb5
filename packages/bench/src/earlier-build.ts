import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { CACHE } from "./csv-file.ts";
import { root } from "./machine.ts";

const run = promisify(execFile);

/**
 * A checkout of an earlier commit with its dependencies, kept between the benches.
 * @returns its folder
 */
export async function earlierBuild(commit: string): Promise<string> {
  const folder = path.join(CACHE, commit);
  if (!existsSync(folder)) {
    // One that was removed with the machine's temporary files is still on Git's list.
    await run("git", ["worktree", "add", "--force", "--detach", folder, commit], { cwd: root });
  }
  await run("npx", ["-y", "pnpm@10.34.9", "install"], { cwd: folder });
  return folder;
}
