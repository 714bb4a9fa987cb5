import { COLLECTOR, CONSUMER, PRICES, PRODUCER } from "@lotes/core";
import type { Work } from "./deployed/run.ts";

/** What AWS asks for something, for a million ids. */
export interface CostLine {
  readonly name: string;
  readonly amount: number;
  readonly unit: string;
  readonly usd: number;
}

const MILLION = 1_000_000;

/**
 * What a million ids cost by the work of a run, as so many runs like it.
 * @param consumerMb the consumers' memory in that run
 */
export function millionCost(works: Readonly<Record<string, Work>>, ids: number, consumerMb: number): CostLine[] {
  const runs = MILLION / ids;
  const memoryMb: Readonly<Record<string, number>> = {
    producer: PRODUCER.memoryMb,
    consumer: consumerMb,
    collector: COLLECTOR.memoryMb,
  };
  const all = Object.values(works);
  const sum = (of: (work: Work) => number) => all.reduce((total, work) => total + of(work), 0);
  const line = (name: string, ofRun: number, unit: string, price: number): CostLine => {
    const amount = ofRun * runs;
    return { name, amount, unit, usd: amount * price };
  };
  return [
    ...Object.entries(works).map(([name, { seconds }]) =>
      line(
        `Lambda, ${name}`,
        (seconds.reduce((total, each) => total + each, 0) * (memoryMb[name] ?? CONSUMER.memoryMb)) / 1024,
        "GB-seconds",
        PRICES.gbSecond,
      ),
    ),
    line(
      "Lambda, invocations",
      sum(({ seconds }) => seconds.length),
      "calls",
      PRICES.invocation,
    ),
    line(
      "S3, writes and lists",
      sum(({ s3Writes }) => s3Writes),
      "requests",
      PRICES.s3Write,
    ),
    line(
      "S3, reads",
      sum(({ s3Reads }) => s3Reads),
      "requests",
      PRICES.s3Read,
    ),
    line(
      "SQS",
      sum(({ sqs }) => sqs),
      "requests",
      PRICES.sqsRequest,
    ),
  ];
}

export function totalUsd(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
