import type { Reason, RunDate } from "@lotes/core";

/** What is told before something is done, or after. */
export interface Told {
  /** As a terminal shows it. */
  readonly lines: readonly string[];
  /** Whether there is anything to do. */
  readonly possible: boolean;
  /** Whether it is possible only by force: the command says `--force`. */
  readonly onlyByForce?: boolean;
}

export interface CsvDrop {
  readonly date: RunDate;
  /** Of the file, for people. */
  readonly name: string;
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether it is to be used though its run would be rejected. */
  readonly force: boolean;
}

/** Which failures to send back; without a choice, those that a second try can help. */
export interface ReplayRequest {
  readonly date: RunDate;
  readonly reason?: Reason | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly all?: boolean | undefined;
  /** Also the messages that are still in the DeadLetterQueue. */
  readonly dlq?: boolean | undefined;
}

/** What can be done from the page. Each does what the command of its name does, and tells it as that does. */
export interface Operations {
  plan(csv: CsvDrop): Promise<Told>;
  /** Uploads the CSV, and does not wait for its run. */
  ingest(csv: CsvDrop): Promise<Told>;
  /** Tells what would be sent. */
  planReplay(request: ReplayRequest): Promise<Told>;
  replay(request: ReplayRequest): Promise<Told>;
  cancel(date: RunDate): Promise<Told>;
}
