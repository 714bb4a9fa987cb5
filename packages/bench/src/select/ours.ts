// Selects from the CSV named by the argument as the product does, and prints what it found and took.
import { fileChunks } from "@lotes/core/dataset/file-chunks";
import { selectIds } from "@lotes/core/dataset/select-ids";

const filter = { minYear: 1960, minVotes: 10_000, genres: ["crime", "war"] };
const { rows, ids } = await selectIds(fileChunks(process.argv[2] ?? ""), filter);
process.stdout.write(JSON.stringify({ rows, ids: ids.length, maxRssKiB: process.resourceUsage().maxRSS }));
