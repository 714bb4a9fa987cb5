import { Command } from "commander";
import { SERVERS } from "./servers/servers.ts";
import { tryBehaviours } from "./behaviours/all.ts";

const program = new Command("conformance").option("--only <name>", "only this server").action(async ({ only }) => {
  for (const server of SERVERS.filter(({ name }) => only === undefined || name === only)) {
    await using running = await server.start();
    console.log(`== ${server.name} ${server.version} ${running.url}`);
    await tryBehaviours(running, server.services, (what, verdict) => {
      console.log(`${verdict.kind === "as documented" ? "ok " : "!! "} ${what}${"came" in verdict ? `\n      ${verdict.kind}: ${verdict.came}` : ""}`);
    });
  }
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
await program.parseAsync();
