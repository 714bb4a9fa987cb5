import { setTimeout as delay } from "node:timers/promises";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { expect, test } from "vitest";
import { failedIds, Operator, storedIds } from "./support/operator.ts";

/** How often the stack is killed. The simulation kills at every step; a nightly run kills more stacks. */
const KILLS = Number(process.env.LOTES_KILLS ?? 1);
// A run of so many ids takes longer than the stack lives between two kills, so that each kill hits something.
const IDS_PER_KILL = 60;
const LONGEST_LIFE_MS = 1_500;

test(`a stack that is killed (${KILLS} ×) leaves the files of one that never was`, async () => {
  const known = movieIds(KILLS * IDS_PER_KILL);
  const unknown = ["tt7777770", "tt7777771"];
  await using operator = await Operator.start({ facts: known.map(facts), requestsPerSecond: 80 });
  await operator.spawnStack();
  await operator.drop(csvSelecting([...known, ...unknown]));
  for (let kill = 0; kill < KILLS; kill++) {
    // When it dies is up to chance: it must not matter.
    await delay(Math.random() * LONGEST_LIFE_MS);
    await operator.stopStack();
    await operator.spawnStack();
  }
  const ids = known.length + unknown.length;
  expect(await operator.json("status", "--watch")).toMatchObject({
    ids,
    stored: known.length,
    failed: 2,
    settled: true,
  });
  const files = await operator.files();
  expect(storedIds(files)).toEqual(known);
  expect(failedIds(files)).toEqual(unknown.map((id) => [id, "not_found"]));
});
