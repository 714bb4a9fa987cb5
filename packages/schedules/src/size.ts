import { ONE_IN } from "./one-in.ts";

/** How much there is to do in schedules. What goes wrong in them has nothing to do with it. */
export interface Size {
  /** Rows of most CSVs, at the most. */
  readonly rows: number;
  /** How many uploads a date has, each as often as it stands here. */
  readonly uploads: readonly number[];
  /** Messages of strangers, at the most. */
  readonly strangers: number;
  /** One CSV in so many has rows for many lotes, or is larger than what is read at a time. */
  readonly manyRowsOneIn: number;
  readonly largeCsvOneIn: number;
  /** Bytes of such a CSV: more than what is read at a time. */
  readonly largeCsvBytes: number;
  /** Bytes of a stranger's large message. */
  readonly largeMessageBytes: number;
  /** One schedule in so many asks for movies by both their ids, in one large lote. */
  readonly twinsOneIn: number;
  /** One schedule in so many begins with a run of so many lotes that its ledger has parts. */
  readonly manyLotesOneIn: number;
}

/** What the simulated store is asked for at a time when a CSV is read. */
export const SIMULATED_RANGE_BYTES = 64 * 1024;

// So many of a stranger's messages are more than what may be kept of all of them.
const SIMULATED = { largeCsvBytes: 1.1 * SIMULATED_RANGE_BYTES, largeMessageBytes: 25 * 1024 };

// A few lotes: enough for all of them to meet, and no more work than that.
const usual = {
  rows: 12,
  uploads: [1, 1, 1, 2, 2, 3],
  strangers: 24,
  manyRowsOneIn: ONE_IN.manyRows,
  largeCsvOneIn: ONE_IN.largeCsv,
  twinsOneIn: ONE_IN.twins,
  manyLotesOneIn: ONE_IN.manyLotes,
} as const;

export const SIZES = {
  /**
   * Over HTTP. A CSV is beyond the 8 MiB that are read at a time; S3's stand-in takes 11 MiB. SQS took no messages beyond 256 KiB until
   * August 2025, and many programs still fill that.
   */
  real: { ...usual, largeCsvBytes: 8.5 * 1024 * 1024, largeMessageBytes: 250 * 1024 },
  usual: { ...usual, ...SIMULATED },
  /** As large as the schedules were when they were first run over HTTP, to compare how many are run in a second. */
  first: {
    ...usual,
    ...SIMULATED,
    strangers: 1,
    manyRowsOneIn: Number.POSITIVE_INFINITY,
    largeCsvOneIn: Number.POSITIVE_INFINITY,
    twinsOneIn: Number.POSITIVE_INFINITY,
    manyLotesOneIn: Number.POSITIVE_INFINITY,
  },
  /** For a thousand of them in a few seconds. */
  small: {
    ...SIMULATED,
    rows: 5,
    uploads: [1, 1, 1, 2],
    strangers: 4,
    manyRowsOneIn: 200,
    largeCsvOneIn: 1_000,
    twinsOneIn: 500,
    manyLotesOneIn: 500,
  },
} as const satisfies Readonly<Record<string, Size>>;

export type SizeName = keyof typeof SIZES;
