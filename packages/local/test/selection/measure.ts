/** Selects from the CSV named by the argument and prints what that added to the memory of the process, at the most. */
import { fileChunks, loadSettings, selectIds } from "@lotes/core";

const before = process.resourceUsage().maxRSS;
const { rows, ids } = await selectIds(fileChunks(process.argv[2] ?? ""), loadSettings({}).filter);
const addedMiB = (process.resourceUsage().maxRSS - before) / 1024;
process.stdout.write(JSON.stringify({ rows, ids: ids.length, addedMiB }));
