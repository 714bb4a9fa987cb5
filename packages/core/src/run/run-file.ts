import { createHash } from "node:crypto";
import * as z from "zod";
import type { OddRows } from "../csv/select-ids.ts";
import { type RunDate, runKey } from "../keys.ts";
import type { NewObject, ObjectStore, StoredObject } from "../ports.ts";
import type { MovieFilter } from "../settings.ts";
import { withoutMark } from "../text-lines.ts";

const sourceSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  etag: z.string(),
  size: z.number().int().nonnegative(),
  sequencer: z.string(),
});

/** Rows that were counted, since something is wrong with them. */
const oddRowsSchema = z.object({
  count: z.number().int().nonnegative(),
  first_lines: z.array(z.number().int().positive()).readonly(),
});

const NO_ROWS: OddRows = { count: 0, first_lines: [] };

const runFileSchema = z.object({
  run: z.string(),
  /** `queuing` while the lotes are being sent, `queued` once all are, `rejected` when the CSV could not be used. */
  status: z.enum(["queuing", "queued", "rejected"]),
  source: sourceSchema,
  filter: z.object({ min_year: z.number(), min_votes: z.number(), genres: z.array(z.string()) }),
  rows: z.number().int().nonnegative(),
  malformed: oddRowsSchema,
  /** Rows whose year or votes are no numbers. A run of an earlier version of this program did not count them. */
  unreadable: oddRowsSchema.default(NO_ROWS),
  /** How many were selected. */
  ids: z.number().int().nonnegative(),
  lotes: z.number().int().nonnegative(),
  started_at: z.iso.datetime(),
  queued_at: z.iso.datetime().nullable(),
  /** Why the run is `rejected`. */
  error: z.string().nullable(),
  /** A later upload that could not be used and left this run in force. */
  rejected: z.object({ source: sourceSchema, reason: z.string(), at: z.iso.datetime() }).nullable(),
});

/** One version of one movies.csv, as S3's event tells of it. */
export type Source = z.infer<typeof sourceSchema>;

/** What `_run.json` holds: the run in force of a date. */
export type RunFile = z.infer<typeof runFileSchema>;

/** `_run.json` holds something else: somebody wrote it by hand. */
export class RunFileError extends Error {
  override readonly name = "RunFileError";
}

/** The run of an upload: the same event is the same run, a new upload of the same file another. 16 hexadecimal digits. */
export function runId({ bucket, key, sequencer }: Source): string {
  return createHash("sha256")
    .update(JSON.stringify([bucket, key, sequencer]))
    .digest("hex")
    .slice(0, 16);
}

/**
 * Whether event `a` is older than event `b` of the same key. S3's sequencers are hexadecimal numbers of different lengths, to be
 * padded with zeros on the right and compared as text (S3 User Guide, "Event message structure").
 */
export function isOlder(a: Pick<Source, "sequencer">, b: Pick<Source, "sequencer">): boolean {
  const length = Math.max(a.sequencer.length, b.sequencer.length);
  return a.sequencer.toUpperCase().padEnd(length, "0") < b.sequencer.toUpperCase().padEnd(length, "0");
}

/** A run before anything is known of its CSV. */
export function newRun(source: Source, filter: MovieFilter, startedAt: Date): RunFile {
  return {
    run: runId(source),
    status: "queuing",
    source,
    filter: { min_year: filter.minYear, min_votes: filter.minVotes, genres: [...filter.genres] },
    rows: 0,
    malformed: NO_ROWS,
    unreadable: NO_ROWS,
    ids: 0,
    lotes: 0,
    started_at: startedAt.toISOString(),
    queued_at: null,
    error: null,
    rejected: null,
  };
}

/** @throws {RunFileError} */
export function parseRunFile(object: StoredObject): RunFile {
  try {
    return runFileSchema.parse(JSON.parse(withoutMark(object.body)));
  } catch (cause) {
    throw new RunFileError("_run.json does not hold a run; remove it and drop the CSV again", { cause });
  }
}

export function runObject(run: RunFile): NewObject {
  return {
    body: `${JSON.stringify(run, null, 2)}\n`,
    contentType: "application/json",
    metadata: { run: run.run },
  };
}

/** The run in force of a date, or undefined when there never was one. */
export async function readRun(store: ObjectStore, date: RunDate): Promise<RunFile | undefined> {
  const object = await store.get(runKey(date));
  return object && parseRunFile(object);
}
