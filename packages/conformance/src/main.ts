import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { endWithReaders } from "@lotes/node/readers";
import { Command, Option } from "commander";
import { conformance } from "./conformance.ts";
import { documentOf } from "./document.ts";
import { SERVERS } from "./servers/servers.ts";

const PAGE = fileURLToPath(new URL("../../../docs/conformance.md", import.meta.url));

const print = (line: string) => process.stdout.write(`${line}\n`);

// What runs is ended when this process exits.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

const program = new Command("conformance")
  .description("Tries what the pipeline expects of S3, SQS and Lambda on servers of other authors")
  .addOption(new Option("--only <server>", "only this one").choices(SERVERS.map(({ name }) => name)))
  .option("--write", "write docs/conformance.md, if everything could be had")
  .action(async ({ only, write }) => {
    const servers = SERVERS.filter(({ name }) => only === undefined || name === only);
    const { findings, missing, broken } = await conformance(servers, print);
    for (const line of broken) print(`BROKEN: ${line}`);
    if (broken.length > 0) process.exitCode = 1;
    if (!write) return;
    if (missing.length > 0 || only !== undefined) {
      const why = missing.length > 0 ? missing.join("; ") : "--only tries one server";
      print(`docs/conformance.md is not written, since it is of a run with every server: ${why}`);
      process.exitCode = 1;
      return;
    }
    await writeFile(PAGE, documentOf(findings));
    print("docs/conformance.md is written");
  });
endWithReaders("conformance");
await program.parseAsync();
