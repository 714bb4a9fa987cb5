import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import type { StackGraph } from "./stack-graph.ts";

/** The settings of the stage that was told everything a stage can be told, but for an existing bucket. */
export const TOLD = {
  TMDB_REQUESTS_PER_SECOND: "50",
  CONSUMER_CONCURRENCY: "5",
  GENRES: "crime",
  ALARM_EMAIL: "ops@example.com",
  RESERVE_CONCURRENCY: "false",
  // Of the developer's machine.
  TMDB_TOKEN: "of-this-machine",
};

/** Waits for the stages to be evaluated. `told` is a `prod` with the settings above. */
export async function evaluatedStages(): Promise<Readonly<Record<"dev" | "prod" | "told", StackGraph>>> {
  const file = join(inject("stages"), "evaluated.json");
  for (;;) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) {
      await delay(100);
      continue;
    }
    const { error, ...stages } = JSON.parse(text);
    if (error !== undefined) throw new Error(error);
    return stages;
  }
}
