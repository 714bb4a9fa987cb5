import { machine, print } from "./machine.ts";
import { pipelineRun } from "./pipeline-run.ts";
import { table } from "./table.ts";

const BUDGET = 40;
const GOAL_RATIO = 1.05;
const LATENCY_MS = 80;
// What TMDB once stated for an address, which all consumers share.
const CONNECTIONS = 20;
const LIFTED = 1_000_000;
const GOAL_PERCENT = 95;

/** The whole pipeline on this machine, once held back by TMDB's budget alone, and once by nothing but its connections. */
export async function benchEndToEnd(): Promise<void> {
  const ids = 2_000;
  const held = await pipelineRun({ ids, requestsPerSecond: BUDGET, latencyMs: LATENCY_MS, limited: true });
  const ratio = held.seconds / (ids / BUDGET);
  print(
    table(
      ["budget", "ids", "s, drop to last file", "÷ (ids ÷ budget)", "goal", "kept", "CPU s per 1,000 ids"],
      [
        [
          `${BUDGET}/s`,
          ids,
          held.seconds.toFixed(1),
          ratio.toFixed(3),
          GOAL_RATIO,
          ratio <= GOAL_RATIO ? "yes" : "no",
          perThousand(held.cpuSeconds, ids),
        ],
      ],
    ),
  );

  const many = 10_000;
  const free = await pipelineRun({ ids: many, requestsPerSecond: LIFTED, latencyMs: LATENCY_MS, limited: false });
  const perSecond = free.requests / free.fetchingSeconds;
  const most = (CONNECTIONS / LATENCY_MS) * 1000;
  const percent = (perSecond / most) * 100;
  print(
    `\n${table(
      ["budget", "ids", "requests/s", "connections ÷ latency", "of it", "goal", "kept", "CPU s per 1,000 ids"],
      [
        [
          "none",
          many,
          perSecond.toFixed(0),
          most,
          `${percent.toFixed(1)} %`,
          `${GOAL_PERCENT} %`,
          percent >= GOAL_PERCENT ? "yes" : "no",
          perThousand(free.cpuSeconds, many),
        ],
      ],
    )}`,
  );
  print(
    `\nTMDB answers after ${LATENCY_MS} ms, two consumers with ${CONNECTIONS / 2} connections each; CPU is that of the whole local stack,`,
  );
  print(`the stand-ins for S3, SQS and TMDB included\n${machine()}`);
}

function perThousand(cpuSeconds: number, ids: number): string {
  return ((cpuSeconds * 1000) / ids).toFixed(2);
}
