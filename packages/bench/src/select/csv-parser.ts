// The same with csv-parser alone, as most would write it: quoting off, every row parsed.
import { createReadStream } from "node:fs";
import csvParser from "csv-parser";

const ids = new Set<string>();
let rows = 0;
const parser = createReadStream(process.argv[2] ?? "").pipe(csvParser({ separator: "|", quote: "" }));
for await (const row of parser as AsyncIterable<Record<string, string>>) {
  rows++;
  const { id = "", anoLancamento, genero = "", numeroVotos } = row;
  if (Number(numeroVotos) > 10_000 && Number(anoLancamento) > 1960 && /crime|war/i.test(genero)) ids.add(id);
}
process.stdout.write(JSON.stringify({ rows, ids: ids.size, maxRssKiB: process.resourceUsage().maxRSS }));
