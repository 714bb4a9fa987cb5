import { COLLECTOR, CONSUMER, PRICES, PRODUCER } from "@lotes/core";
import { machine, print } from "./machine.ts";
import { pipelineRun } from "./pipeline-run.ts";
import { table } from "./table.ts";

const IDS = 2_000;
const BUDGET = 40;
const UNKNOWN = 200;
const MILLION = 1_000_000;

// The seed holds the whole CSV in a data frame: 700 MB for the genuine file (docs/benchmarks.md), and a function has to be that large
// for all of the time that it waits for TMDB.
const SEED_GB = 1;
// Lambda ends a function after 15 minutes.
const LONGEST_FUNCTION_SECONDS = 900;

/** What a million ids cost, from the requests and times of a local run, beside the seed's single function. */
export async function benchCost(): Promise<void> {
  // Some ids that TMDB does not know, as always: they are the collector's work.
  const { calls, billed } = await pipelineRun({
    ids: IDS,
    unknown: UNKNOWN,
    requestsPerSecond: BUDGET,
    latencyMs: 80,
    limited: true,
  });
  const perMillion = MILLION / IDS;
  const count = (...names: string[]) => names.reduce((sum, name) => sum + (calls[name] ?? 0), 0);
  const functions = [
    { name: "producer", memoryMb: PRODUCER.memoryMb },
    { name: "consumer", memoryMb: CONSUMER.memoryMb },
    { name: "collector", memoryMb: COLLECTOR.memoryMb },
  ].map(({ name, memoryMb }) => {
    const { seconds = 0, invocations = 0 } = billed[name] ?? {};
    return { name, gbSeconds: (seconds * memoryMb) / 1024, invocations };
  });
  const messages = count("sqs SendMessageBatch", "sqs DeleteMessage", "sqs DeleteMessageBatch");
  // A receive for each invocation of those that SQS invokes. What is polled in vain depends on the hours of a month, not on the ids.
  const sqs = messages + functions.slice(1).reduce((sum, { invocations }) => sum + invocations, 0);
  const s3Writes = count("s3 PUT", "s3 POST");
  const s3Reads = count("s3 GET", "s3 HEAD");
  const rows: [string, number, string, number][] = [
    ...functions.map(({ name, gbSeconds }): [string, number, string, number] => [
      `Lambda, ${name}`,
      gbSeconds * perMillion,
      "GB-seconds",
      PRICES.gbSecond,
    ]),
    [
      "Lambda, invocations",
      functions.reduce((sum, { invocations }) => sum + invocations, 0) * perMillion,
      "calls",
      PRICES.invocation,
    ],
    ["S3, writes and lists", s3Writes * perMillion, "requests", PRICES.s3Write],
    ["S3, reads", s3Reads * perMillion, "requests", PRICES.s3Read],
    ["SQS", sqs * perMillion, "requests", PRICES.sqsRequest],
  ];
  const usd = rows.reduce((sum, [, amount, , price]) => sum + amount * price, 0);
  const lines = rows.map(([name, amount, unit, price]) => [
    name,
    Math.round(amount),
    unit,
    `$${(amount * price).toFixed(3)}`,
  ]);
  print(table(["a million ids", "how many", "of", "USD"], [...lines, ["in all", "", "", `$${usd.toFixed(2)}`]]));

  const seedSeconds = MILLION / BUDGET;
  const seedUsd = seedSeconds * SEED_GB * PRICES.gbSecond;
  print(
    `\nthe seed's single function: ${seedSeconds} s × ${SEED_GB} GB = $${seedUsd.toFixed(2)}, if a function could run that long:`,
  );
  print(
    `it ends after ${LONGEST_FUNCTION_SECONDS} s, which is ${LONGEST_FUNCTION_SECONDS * BUDGET} ids at ${BUDGET} a second`,
  );
  print(`prices of us-east-1 as published in 2025, Lambda on arm64, without the free tier\n${machine()}`);
}
