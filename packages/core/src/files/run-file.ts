import { hash } from "node:crypto";
import * as z from "zod/mini";
import { runKey } from "../dataset/keys.ts";
import { filterDocument, filterSchema } from "../dataset/movie-filter.ts";
import type { MovieFilter } from "../dataset/movies.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { OddRows } from "../dataset/select-ids.ts";
import type { NewObject, ObjectStore, StoredObject } from "../ports.ts";
import { withoutByteOrderMark } from "../text-lines.ts";
import { EditedFileError, oddField } from "./edited-file-error.ts";

const count = z.int().check(z.nonnegative());
const instant = z.iso.datetime();

export const sourceSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  etag: z.string(),
  size: count,
  sequencer: z.string(),
});

/** Rows that were counted, since something is wrong with them. */
const oddRowsSchema = z.object({
  count,
  first_lines: z.readonly(z.array(z.int().check(z.positive()))),
});

const NO_ROWS: OddRows = { count: 0, first_lines: [] };

/** An upload that could not be used. */
const rejectionSchema = z.object({ source: sourceSchema, reason: z.string(), at: instant });

/** A run file of one status, its keys in the order in which they are written. */
function runFile<Status extends string, QueuedAt extends z.ZodMiniType, Why extends z.ZodMiniType>(
  status: Status,
  { queued_at, error }: { readonly queued_at: QueuedAt; readonly error: Why },
) {
  return z.object({
    run: z.string(),
    status: z.literal(status),
    source: sourceSchema,
    filter: filterSchema,
    rows: count,
    malformed: oddRowsSchema,
    /** Rows whose year or votes are no numbers. A run of an earlier version of this program did not count them. */
    unreadable: z._default(oddRowsSchema, NO_ROWS),
    /** How many were selected. */
    ids: count,
    lotes: count,
    /** How many lotes share a part of the ledger; absent where the ledger has no parts. */
    ledger_part_lotes: z.optional(z.int().check(z.positive())),
    started_at: instant,
    queued_at,
    /** Why the run itself is `rejected`. */
    error,
    /** The last upload of the date that could not be used. Beside a run in force it is a later one, which left that run in force. */
    rejected: z.nullable(rejectionSchema),
  });
}

const queuingSchema = runFile("queuing", { queued_at: z.null(), error: z.null() });
const queuedSchema = runFile("queued", { queued_at: instant, error: z.null() });
const rejectedSchema = runFile("rejected", { queued_at: z.nullable(instant), error: z.string() });
const cancelledSchema = z.extend(runFile("cancelled", { queued_at: z.nullable(instant), error: z.null() }), {
  cancelled_at: instant,
});
const runFileSchema = z.discriminatedUnion("status", [queuingSchema, queuedSchema, cancelledSchema, rejectedSchema]);

/** One version of one movies.csv, as S3's event tells of it. */
export type CsvVersion = z.infer<typeof sourceSchema>;

export type Rejection = z.infer<typeof rejectionSchema>;

/** Its lotes are being sent. */
export type QueuingRun = z.infer<typeof queuingSchema>;
/** All of its lotes are sent. */
export type QueuedRun = z.infer<typeof queuedSchema>;
/** An operator has ended it: what is stored stays, and nothing more is asked for. */
export type CancelledRun = z.infer<typeof cancelledSchema>;

/** What `_run.json` holds: the current run of a date. Its rules are in `run-rules.ts`. */
export type RunFile = z.infer<typeof runFileSchema>;

/** `_run.json` holds something else: somebody wrote it by hand. */
export class RunFileError extends EditedFileError {
  override readonly name = "RunFileError";
}

/** The run of an upload: the same event is the same run, a new upload of the same file another. 16 hexadecimal digits. */
export function runId({ bucket, key, sequencer }: CsvVersion): string {
  return hash("sha256", JSON.stringify([bucket, key, sequencer])).slice(0, 16);
}

/**
 * Whether event `a` is older than event `b` of the same key. S3's sequencers are hexadecimal numbers of different lengths, to be
 * padded with zeros on the right and compared as text (S3 User Guide, "Event message structure").
 */
export function isOlder(a: Pick<CsvVersion, "sequencer">, b: Pick<CsvVersion, "sequencer">): boolean {
  const length = Math.max(a.sequencer.length, b.sequencer.length);
  return a.sequencer.toUpperCase().padEnd(length, "0") < b.sequencer.toUpperCase().padEnd(length, "0");
}

/** A run before anything is known of its CSV. */
export function newRun(source: CsvVersion, filter: MovieFilter, startedAt: Date): QueuingRun {
  return {
    run: runId(source),
    status: "queuing",
    source,
    filter: filterDocument(filter),
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

/** The last run files that were parsed. A process reads the same ones before and after each of its writes, and they change but a few times in a run. */
const lastParsed = new Map<string, RunFile>();
const MOST_PARSED = 8;

/**
 * @returns the same object for the same body, so nobody may change it
 * @throws {RunFileError}
 */
export function parseRunFile({ body }: StoredObject): RunFile {
  const known = lastParsed.get(body);
  if (known) return known;
  const run = parsed(body);
  if (lastParsed.size === MOST_PARSED) lastParsed.clear();
  lastParsed.set(body, run);
  return run;
}

function parsed(body: string): RunFile {
  try {
    return Object.freeze(runFileSchema.parse(JSON.parse(withoutByteOrderMark(body))));
  } catch (cause) {
    throw new RunFileError(`_run.json does not hold a run${oddField(cause)}; remove it and drop the CSV again`, {
      cause,
    });
  }
}

export function runObject(run: RunFile): NewObject {
  return {
    body: `${JSON.stringify(run, null, 2)}\n`,
    contentType: "application/json",
    metadata: { run: run.run },
  };
}

/** The current run of a date, or undefined when there never was one. */
export async function readRun(store: ObjectStore, date: RunDate): Promise<RunFile | undefined> {
  const object = await store.get(runKey(date));
  return object && parseRunFile(object);
}
