import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONSUMER, PRICES } from "@lotes/core";
import { lambdaCgroup } from "./deployed/cgroup.ts";
import { deployedRun, type Work } from "./deployed/run.ts";
import { earlierBuild } from "./earlier-build.ts";
import { machine, median, print, root } from "./machine.ts";
import { type CostLine, millionCost, totalUsd } from "./million-cost.ts";
import { bundles } from "./pipeline-run.ts";
import { table } from "./table.ts";

/** In a smaller run the start of the functions weighs more, and what a run writes beside its lotes. */
const IDS = 10_000;
const LOTE = 100;
const BUDGET = 40;
const LATENCY_MS = 80;
// A round trip to S3 or SQS from a function of the same region, from core's own comments.
const AWS_LATENCY_MS = 20;
const MILLION = 1_000_000;
const EARLIER = { commit: "59d06bf", memoryMb: 512 } as const;
const SIZES_MB = [CONSUMER.memoryMb, EARLIER.memoryMb];
/** TMDB does not know some ids: the last tenth, as this was measured always, or of each lote as many as in bench growth. */
const LAST_TENTH = (n: number, ids: number) => n < ids * 0.9;
const EVERYWHERE = (n: number) => n % LOTE >= 14;

const GOAL_USD = 0.2;
const GOAL_SLOWER = 1.05;
const GOAL_MEMORY_PERCENT = 75;

// The seed holds the whole CSV in a data frame: 700 MB for the genuine file (docs/benchmarks.md), and a function has to be that large
// for all of the time that it waits for TMDB.
const SEED_GB = 1;
// Lambda ends a function after 15 minutes.
const LONGEST_FUNCTION_SECONDS = 900;

interface Measured {
  readonly build: string;
  readonly memoryMb: number;
  readonly works: Record<string, Work>;
  readonly lines: CostLine[];
}

export interface CostOptions {
  /** Of the consumers' memory; by default what is deployed, and that of the earlier build. */
  readonly sizesMb?: readonly number[] | undefined;
  /** Of a run; by default 10,000. */
  readonly ids?: number | undefined;
}

/**
 * What a million ids cost, by the work and the times of the functions as deployed, with as much of a core and of memory as the consumers have in Lambda; beside
 * an earlier build and the seed's single function.
 */
export async function benchCost({ sizesMb = SIZES_MB, ids = IDS }: CostOptions = {}): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  const builds = {
    now: await bundles(path.join(folder, "now"), root),
    [EARLIER.commit]: await bundles(path.join(folder, "earlier"), await earlierBuild(EARLIER.commit)),
  };
  const trial = lambdaCgroup(CONSUMER.memoryMb);
  trial?.remove();
  if (!trial) print("this machine has no cgroups to write: a Lambda's share of a core can't be mirrored, and is not\n");

  const measured: Measured[] = [];
  // Two builds side by side, so that both meet the same. Each is idle most of the time.
  const measure = (memoryMb: number, isKnownOf: (n: number, ids: number) => boolean) =>
    Promise.all(
      Object.entries(builds).map(async ([build, bundle]): Promise<Measured> => {
        const latencies = { latencyMs: LATENCY_MS, awsLatencyMs: AWS_LATENCY_MS };
        const isKnown = (n: number) => isKnownOf(n, ids);
        const options = {
          ids,
          ...(build !== "now" && { processVariables: {} }),
          bundle,
          requestsPerSecond: BUDGET,
          ...latencies,
          isKnown,
        };
        const works = await deployedRun({ ...options, consumerMb: memoryMb, isMirrored: true });
        return { build, memoryMb, works, lines: millionCost(works, ids, memoryMb) };
      }),
    );
  for (const memoryMb of sizesMb) measured.push(...(await measure(memoryMb, LAST_TENTH)));
  const everywhere = await measure(CONSUMER.memoryMb, EVERYWHERE);
  await rm(folder, { recursive: true });

  const earlier = measured.find(({ build, memoryMb }) => build !== "now" && memoryMb === EARLIER.memoryMb);
  print(sizesTable(measured, earlier));
  print(`\n${requestsTable(measured.slice(-2), everywhere, ids / LOTE)}`);
  const deployed = measured.find(({ build, memoryMb }) => build === "now" && memoryMb === CONSUMER.memoryMb);
  if (deployed) print(`\n${linesTable(deployed)}`);
  const [spread, spreadEarlier] = everywhere;
  if (spread && spreadEarlier) {
    const usd = [spread, spreadEarlier].map(({ lines }) => totalUsd(lines).toFixed(2));
    print(
      `\nwith 14 of each 100 ids unknown: $${usd[0]}, and ${EARLIER.commit} $${usd[1]}, both with ${CONSUMER.memoryMb} MB`,
    );
  }
  const seedSeconds = MILLION / BUDGET;
  const seedUsd = seedSeconds * SEED_GB * PRICES.gbSecond;
  print(
    `\nthe seed's single function: ${seedSeconds} s × ${SEED_GB} GB = $${seedUsd.toFixed(2)}, if a function could run that long:`,
  );
  print(
    `it ends after ${LONGEST_FUNCTION_SECONDS} s, which is ${LONGEST_FUNCTION_SECONDS * BUDGET} ids at ${BUDGET} a second`,
  );
  print(
    `a million ids are ${MILLION / ids} runs of ${ids}; S3 and SQS answer after ${AWS_LATENCY_MS} ms, TMDB after ${LATENCY_MS}`,
  );
  print(`prices of us-east-1 as published in 2025, Lambda on arm64, without the free tier\n${machine()}`);
}

/** How long a consumer that is warm takes for a lote. */
function secondsOfLote({ works: { consumer } }: Measured): number {
  return median(consumer?.warmSeconds ?? []);
}

function sizesTable(measured: readonly Measured[], earlier: Measured | undefined): string {
  // Undefined where the size to compare with was not measured.
  const usual = earlier && secondsOfLote(earlier);
  const rows = measured.map((each) => {
    const { build, memoryMb, works, lines } = each;
    const { cpuSeconds = 0, requests = 0, peakMib = 0 } = works.consumer ?? {};
    const seconds = secondsOfLote(each);
    const percent = (peakMib / memoryMb) * 100;
    const usd = totalUsd(lines);
    const ratio = usual === undefined ? undefined : seconds / usual;
    const isQuick = ratio !== undefined && ratio <= GOAL_SLOWER;
    const kept = usd <= GOAL_USD && isQuick && percent <= GOAL_MEMORY_PERCENT;
    return [
      build,
      memoryMb,
      seconds.toFixed(2),
      ratio?.toFixed(3) ?? "-",
      ((cpuSeconds * 1_000) / requests).toFixed(2),
      peakMib.toFixed(0),
      percent.toFixed(0),
      `$${usd.toFixed(3)}`,
      build === "now" ? (kept ? "yes" : "no") : "",
    ];
  });
  const header = ["build", "MB", "s a lote", "÷ earlier at 512", "CPU ms a request", "peak MiB", "% of MB"];
  const goals = `goals: at most ${GOAL_SLOWER}, ${GOAL_MEMORY_PERCENT} %, $${GOAL_USD.toFixed(2)}`;
  return `${table([...header, "a million ids", "kept"], rows)}\n${goals}`;
}

/** What the consumers and the collector ask S3 for a lote. */
function requestsTable(few: readonly Measured[], everywhere: readonly Measured[], lotes: number): string {
  const rows = [few, everywhere].flatMap((each, index) =>
    each.map(({ build, works }) => {
      const kinds = (name: string) =>
        Object.entries(works[name]?.s3Requests ?? {})
          .map(([kind, count]) => `${(count / lotes).toFixed(2)} ${kind}`)
          .join(", ");
      return [build, index === 0 ? "the last tenth" : "14 of 100", kinds("consumer"), kinds("collector")];
    }),
  );
  return table(["build", "unknown", "S3 requests a lote: consumers", "collector"], rows);
}

function linesTable({ lines }: Measured): string {
  const rows = lines.map(({ name, amount, unit, usd }) => [name, Math.round(amount), unit, `$${usd.toFixed(3)}`]);
  return table(
    ["a million ids", "how many", "of", "USD"],
    [...rows, ["in all", "", "", `$${totalUsd(lines).toFixed(3)}`]],
  );
}
