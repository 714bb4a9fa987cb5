import type { Account, RunDate, RunFile, Trouble } from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { accountDocument, placesDocument } from "./documents.ts";
import { plural } from "./output.ts";
import type { Reuse } from "./reuse-report.ts";
import { troubleLines } from "./status-text.ts";
import { today } from "./today.ts";

/** What an upload has led to. */
export interface Ingested {
  readonly date: RunDate;
  /** Undefined when it has not begun yet. */
  readonly run: RunFile | undefined;
  readonly reuse: Reuse;
  /** At the end of the run; undefined when nobody waited for that. */
  readonly account: Account | undefined;
  readonly troubles: readonly Trouble[];
}

export interface Uploaded {
  readonly bucket: string;
  readonly bytes: number | undefined;
  readonly etag: string;
}

/** For a program. */
export function ingestDocument({ date, run, reuse, account, troubles }: Ingested, { bucket, bytes, etag }: Uploaded) {
  return {
    date,
    run: run?.run ?? null,
    ...placesDocument(bucket, date),
    bytes,
    etag,
    reuse,
    started_at: run?.started_at ?? null,
    account: account ? accountDocument(account, bucket, date) : null,
    troubles,
  };
}

/** For people, as long as there is no account of the run. */
export function ingestLines({ date, run, troubles }: Ingested): string[] {
  return [...(run ? begunLines(run, date) : []), ...troubleLines(troubles)];
}

function begunLines(run: RunFile, date: RunDate): string[] {
  return [
    `Run ${run.run} has begun: ${plural(run.ids, "id")} in ${plural(run.lotes, "lote")}`,
    `Follow it with: ${COMMAND} status --watch${date === today() ? "" : ` --date ${date}`}`,
  ];
}
