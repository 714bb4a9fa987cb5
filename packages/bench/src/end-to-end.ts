import type { LocalStack } from "@lotes/local";
import { machine, print } from "./machine.ts";
import { type OpenPage, openPage, READER } from "./open-page.ts";
import { type PipelineRun, pipelineRun } from "./pipeline-run.ts";
import { plainConnections } from "./plain-connections.ts";
import { table } from "./table.ts";

const BUDGET = 40;
const GOAL_RATIO = 1.05;
const LATENCY_MS = 80;
// What TMDB once stated for an address, which all consumers share.
const CONNECTIONS = 20;
const LIFTED = 1_000_000;
const GOAL_PERCENT = 95;
const PLAIN_REQUESTS = 2_000;

const IDS = 2_000;
// Of the budget, and of the time.
const PAGE_GOALS = { budgetPercent: 1, timePercent: 3 };

/** The whole pipeline on this machine, once held back by TMDB's budget alone, and once by nothing but its connections. */
export async function benchEndToEnd(): Promise<void> {
  const held = await benchPage(IDS);
  const ratio = held.seconds / (IDS / BUDGET);
  print(
    `\n${table(
      ["budget", "ids", "s, drop to last file", "÷ (ids ÷ budget)", "goal", "kept", "CPU s per 1,000 ids"],
      [
        [
          `${BUDGET}/s`,
          IDS,
          held.seconds.toFixed(1),
          ratio.toFixed(3),
          GOAL_RATIO,
          ratio <= GOAL_RATIO ? "yes" : "no",
          perThousand(held.cpuSeconds, IDS),
        ],
      ],
    )}\n`,
  );
  await benchConnections();
  print(machine());
}

/**
 * A run that TMDB's budget holds back, without a page and then with one that follows it.
 * @returns the run without
 */
export async function benchPage(ids: number): Promise<PipelineRun> {
  const options = { ids, requestsPerSecond: BUDGET, latencyMs: LATENCY_MS, limited: true };
  const alone = await pipelineRun(options);
  let page: OpenPage | undefined;
  const beside = async (stack: LocalStack, date: string) => {
    page = await openPage(stack, date, BUDGET);
    return page;
  };
  const seen = await pipelineRun({ ...options, beside });
  const rate = ({ requests, fetchingSeconds }: PipelineRun) => requests / fetchingSeconds;
  const row = (name: string, run: PipelineRun) => [
    name,
    run.seconds.toFixed(1),
    rate(run).toFixed(2),
    run.cpuSeconds.toFixed(1),
  ];
  print(
    table(
      ["page", "s, drop to last file", `requests/s of ${BUDGET}`, "CPU s, with its server"],
      [row("none", alone), row(`open in ${READER}, ${page?.looks} looks`, seen)],
    ),
  );
  const time = percentOf(seen.seconds, alone.seconds) - 100;
  const budget = percentOf(rate(alone) - rate(seen), BUDGET);
  const { timePercent, budgetPercent } = PAGE_GOALS;
  print(
    `\nthe page takes ${time.toFixed(1)} % of the time (goal ${timePercent} %) and ${budget.toFixed(1)} % of the budget (goal ${budgetPercent} %)`,
  );
  return alone;
}

/** A run that nothing but its connections holds back. */
async function benchConnections(): Promise<void> {
  const most = (CONNECTIONS / LATENCY_MS) * 1000;
  const plain = await plainConnections(CONNECTIONS, LATENCY_MS, PLAIN_REQUESTS);
  const many = 10_000;
  const free = await pipelineRun({ ids: many, requestsPerSecond: LIFTED, latencyMs: LATENCY_MS, limited: false });
  const perSecond = free.requests / free.fetchingSeconds;
  const row = (client: string, rate: number, cpu: string) => [
    client,
    rate.toFixed(0),
    percentOf(rate, most).toFixed(1),
    percentOf(rate, plain).toFixed(1),
    cpu,
  ];
  print(
    `\n${table(
      [
        "no budget",
        "requests/s",
        `% of ${CONNECTIONS} ÷ ${LATENCY_MS} ms`,
        "% of plain connections",
        "CPU s per 1,000 ids",
      ],
      [row("the pipeline", perSecond, perThousand(free.cpuSeconds, many)), row("plain connections", plain, "")],
    )}`,
  );
  print(
    `\ngoal ${GOAL_PERCENT} %; TMDB answers after ${LATENCY_MS} ms; two consumers with ${CONNECTIONS / 2} connections each, or ${CONNECTIONS} connections that ask`,
  );
  print("again at once. CPU is that of the whole local stack, the stand-ins for S3, SQS and TMDB included");
}

function percentOf(rate: number, most: number): number {
  return (rate / most) * 100;
}

function perThousand(cpuSeconds: number, ids: number): string {
  return ((cpuSeconds * 1000) / ids).toFixed(2);
}
