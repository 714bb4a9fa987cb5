/**
 * Selects from the CSV named by the argument and prints what that added to the memory of the process, at the most; then from one of which all rows are
 * selected, and prints what each id takes. It needs `--expose-gc`.
 */
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { fileChunks, loadSettings } from "@lotes/core";
import { selectCompactly } from "@lotes/core/dataset/select-ids";

const SELECTED = 50_000;
const { filter } = loadSettings({});

const before = peakKib();
const { rows, ids } = await selectCompactly(fileChunks(process.argv[2] ?? ""), filter);
const addedMiB = (peakKib() - before) / 1024;

const usedBefore = await usedBytes();
const selection = await selectCompactly(rowsToSelect(), filter);
const bytesOfId = ((await usedBytes()) - usedBefore) / selection.ids.length;
process.stdout.write(JSON.stringify({ rows, ids: ids.length, addedMiB, selected: selection.ids.length, bytesOfId }));

async function* rowsToSelect(): AsyncGenerator<Buffer> {
  yield Buffer.from("id|anoLancamento|genero|numeroVotos\n");
  for (let n = 0; n < SELECTED; n++) yield Buffer.from(`tt${1_000_000 + n}|1994|Crime|20000\n`);
}

/** A buffer's bytes are given back by another thread, and counted until the next collection. */
async function usedBytes(): Promise<number> {
  for (let collection = 0; collection < 3; collection++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What Node itself tells is on Linux at least what its parent had when it started this process, and nothing would ever seem to be added. */
function peakKib(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}
