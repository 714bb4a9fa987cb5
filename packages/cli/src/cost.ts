import { CONSUMER, PRICES, PRODUCER } from "@lotes/core";

// S3 serves one connection at 90 MB/s. Several connections were not measured in Lambda, so this is two thirds of one.
const PRODUCER_BYTES_PER_SECOND = 60_000_000;
// A cold start, and S3's first answers.
const START_SECONDS = 1;
/** What a lote takes when an id in seven is unknown, by `bench cost`: its file, and its share of the ledger and of the end. */
const PER_LOTE = { s3Writes: 2, s3Reads: 10, sqsRequests: 5, invocations: 1.5 };

export interface Work {
  readonly bytes: number;
  readonly lotes: number;
  /** How long the consumers work. */
  readonly seconds: number;
  readonly consumers: number;
}

/** What AWS asks for a run, in USD, without what is paid by the month. */
export function costOf({ bytes, lotes, seconds, consumers }: Work): number {
  const producerSeconds = START_SECONDS + bytes / PRODUCER_BYTES_PER_SECOND;
  const gbSeconds = (producerSeconds * PRODUCER.memoryMb + seconds * consumers * CONSUMER.memoryMb) / 1024;
  const perLote =
    PER_LOTE.s3Writes * PRICES.s3Write +
    PER_LOTE.s3Reads * PRICES.s3Read +
    PER_LOTE.sqsRequests * PRICES.sqsRequest +
    PER_LOTE.invocations * PRICES.invocation;
  return gbSeconds * PRICES.gbSecond + lotes * perLote;
}
