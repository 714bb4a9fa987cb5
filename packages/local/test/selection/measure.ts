/** Selects from the CSV named by the argument and prints what that added to the memory of the process, at the most. */
import { readFileSync } from "node:fs";
import { fileChunks, loadSettings, selectIds } from "@lotes/core";

const before = peakKib();
const { rows, ids } = await selectIds(fileChunks(process.argv[2] ?? ""), loadSettings({}).filter);
const addedMiB = (peakKib() - before) / 1024;
process.stdout.write(JSON.stringify({ rows, ids: ids.length, addedMiB }));

/** What Node itself tells is on Linux at least what its parent had when it started this process, and nothing would ever seem to be added. */
function peakKib(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}
