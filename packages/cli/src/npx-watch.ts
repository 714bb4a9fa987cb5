import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const POLL_INTERVAL_MS = 1_000;

/** The process ids of this process's parent and of that one's parent. */
type Ancestors = () => string;

/**
 * Tells when npx has ended, if it has started this command by way of pnpm. npx runs pnpm through a shell that does not pass signals on:
 * SIGTERM ends both, and pnpm with this process would stay and hold their port.
 * @param then called once
 * @returns ends the watch
 */
export function whenNpxEnds(
  then: () => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
  ancestors: Ancestors = ancestorsOfThis,
): () => void {
  if (!/[\\/]_npx[\\/]/.test(env.npm_execpath ?? "")) return () => {};
  const before = ancestors();
  const timer = setInterval(() => {
    // A process whose parent has ended gets another parent.
    if (ancestors() === before) return;
    clearInterval(timer);
    then();
  }, POLL_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

function ancestorsOfThis(): string {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}

/** @returns undefined where that can't be told, such as on Windows */
function parentOf(pid: number): string | undefined {
  try {
    // The fields after the name, which is in parentheses and may hold anything: the state and the parent.
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.split(" ")[2];
    return execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
