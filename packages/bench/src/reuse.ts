import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { outputPrefix, type RunDate } from "@lotes/core";
import { type DeployedRunOptions, deployedRun, type Work } from "./deployed/run.ts";
import { Surroundings } from "./deployed/surroundings.ts";
import { earlierBuild } from "./earlier-build.ts";
import { machine, print, root } from "./machine.ts";
import { bundles } from "./pipeline-run.ts";
import { table } from "./table.ts";

const IDS = 10_000;
/** One id in so many is new on the second day, spread over all lotes. */
const NEW_IN = 50;
const BUDGET = 40;
const LATENCY_MS = 80;
const EARLIER = "59d06bf";
const GOAL_FASTER = 20;
const GOAL_FEWER = 45;

const FIRST: RunDate = "2026/11/22";
const SECOND: RunDate = "2026/11/23";
const WHOLE: RunDate = "2026/11/24";

/**
 * The same ids the next day with 2 % new ones, with `REUSE_HOURS`; beside an earlier build, which asks for all of them, and compared with a run that does so too.
 */
export async function benchReuse(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  const bundle = await bundles(path.join(folder, "now"), root);
  const earlierBundle = await bundles(path.join(folder, "earlier"), await earlierBuild(EARLIER));
  const all = Array.from({ length: IDS + IDS / NEW_IN }, (_, n) => n);
  const first = all.filter((n) => n % (NEW_IN + 1) !== NEW_IN);
  const second = all.filter((n) => n % (NEW_IN + 1) !== 0);

  const surroundings = await Surroundings.start({ known: all, latencyMs: LATENCY_MS });
  const run = (options: Omit<DeployedRunOptions, "bundle">) => deployedRun({ bundle, surroundings, ...options });
  await run({ ids: first, date: FIRST });
  const earlierRun = { bundle: earlierBundle, processVariables: {}, isKnown: () => true, latencyMs: LATENCY_MS };
  // Each is idle most of the time.
  const [now, earlier] = await Promise.all([
    run({ ids: second, date: SECOND, reuseHours: 24, requestsPerSecond: BUDGET }),
    deployedRun({ ...earlierRun, ids: second, requestsPerSecond: BUDGET }),
  ]);
  await run({ ids: second, date: WHOLE });
  const reused = lotes(surroundings, SECOND);
  const whole = lotes(surroundings, WHOLE);
  const equal = [...whole].filter(([name, body]) => reused.get(name)?.equals(body)).length;
  await surroundings.stop();
  await rm(folder, { recursive: true });

  const requests = (works: Record<string, Work>) => works.consumer?.requests ?? 0;
  const seconds = (works: Record<string, Work>, name: string) => works[name]?.doneAfterSeconds ?? 0;
  const stored = [now, earlier].map((works) => seconds(works, "consumer"));
  const settled = seconds(now, "collector");
  const asked = [now, earlier].map(requests);
  const ratio = (pair: readonly number[]) => `${((pair[1] ?? 0) / (pair[0] ?? 0)).toFixed(1)} ×`;
  const row = (name: string, [ours = 0, theirs = 0]: readonly number[], goal: string, digits = 1) => [
    name,
    ours.toFixed(digits),
    theirs.toFixed(digits),
    ratio([ours, theirs]),
    goal,
  ];
  const rows = [
    row("s from the drop to the last file", stored, `${GOAL_FASTER} ×`),
    row(
      "s from the drop to the manifest, which the earlier build does not write",
      [settled, stored[1] ?? 0],
      `${GOAL_FASTER} ×`,
    ),
    row("requests", asked, `${GOAL_FEWER} ×`, 0),
  ];
  print(table(["the second day", "now", EARLIER, "better by", "goal"], rows));
  print(
    `\nfiles equal, byte for byte, to those of a run that asked for all: ${equal} of ${whole.size} (${reused.size} written)\n${IDS} ids, one in ${NEW_IN} new, ${BUDGET} requests a second, TMDB answers after ${LATENCY_MS} ms\n${machine()}`,
  );
}

function lotes({ aws }: Surroundings, date: RunDate): Map<string, Buffer> {
  return new Map([...aws.files(outputPrefix(date))].filter(([name]) => name.startsWith("lote_")));
}
