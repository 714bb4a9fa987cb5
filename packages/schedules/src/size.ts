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
  /** One schedule in so many asks for movies by both their ids, in one large lote. */
  readonly twinsOneIn: number;
  /** One schedule in so many begins with a run of so many lotes that its ledger has parts. */
  readonly manyLotesOneIn: number;
}

export const SIZES = {
  /** A few lotes: enough for all of them to meet, and no more work than that. */
  usual: {
    rows: 12,
    uploads: [1, 1, 1, 2, 2, 3],
    strangers: 24,
    manyRowsOneIn: ONE_IN.manyRows,
    largeCsvOneIn: ONE_IN.largeCsv,
    twinsOneIn: ONE_IN.twins,
    manyLotesOneIn: ONE_IN.manyLotes,
  },
  /** For a thousand of them in a few seconds. */
  small: {
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
