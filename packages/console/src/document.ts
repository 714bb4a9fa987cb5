import { REASONS } from "@lotes/core";
import * as z from "zod/mini";

const count = z.int().check(z.nonnegative());
const instant = z.iso.datetime();
const oddRows = z.object({ count, first_lines: z.readonly(z.array(z.number())) });

/**
 * A record: the id that was asked for, and what TMDB has for each of the document's `attributes`. Without their names two thousand of them take half
 * of the place.
 */
const recordRow = z.tuple([z.string()], z.nullable(z.union([z.string(), z.number()])));

/** A failure: id, reason, status, the place of its message in the lote's `messages`, attempts, first and last failed at. */
const failureRow = z.tuple([z.string(), z.enum(REASONS), z.nullable(count), count, count, instant, instant]);

/** Milliseconds, see `LoteTimes`. */
const timesSchema = z.object({ queue: count, limiter: count, pause: count, tmdb: count, s3: count });

const workSchema = z.object({
  started_at: instant,
  ended_at: instant,
  /** Whether more than one delivery has stored records: between `started_at` and `ended_at` there may be hours without a request. */
  repeated: z.boolean(),
  requests: count,
  retries: count,
  rate_limited: count,
  reused: count,
  /** Where its time went; null where that was not kept. */
  times: z.nullable(timesSchema),
});

const loteSchema = z.object({
  lote: z.int().check(z.positive()),
  records: z.readonly(z.array(recordRow)),
  failures: z.readonly(z.array(failureRow)),
  messages: z.readonly(z.array(z.string())),
  /** Ids of the lote of which nothing was heard yet. */
  open: z.readonly(z.array(z.string())),
  /** Which of the records, by their places, were used again, and when TMDB gave them; absent where none was. */
  used_again: z.optional(z.readonly(z.array(z.object({ at: instant, places: z.readonly(z.array(count)) })))),
  /** What its records took; null where that was not kept. */
  work: z.nullable(workSchema),
});

const runSchema = z.object({
  run: z.string(),
  status: z.enum(["queuing", "queued", "cancelled", "rejected"]),
  input: z.string(),
  rows: count,
  malformed: oddRows,
  unreadable: oddRows,
  ids: count,
  lotes: count,
  started_at: instant,
  queued_at: z.nullable(instant),
  finished_at: z.nullable(instant),
  cancelled_at: z.nullable(instant),
  /** Why its CSV was rejected. */
  error: z.nullable(z.string()),
  settled: z.boolean(),
  stored: count,
  failed: count,
  cancelled: count,
  left: count,
  /** Messages of other programs that came to the queues. */
  malformed_messages: count,
  reasons: z.readonly(
    z.array(
      z.object({ reason: z.enum(REASONS), count, meaning: z.string(), advice: z.string(), retryable: z.boolean() }),
    ),
  ),
});

const depthSchema = z.object({ visible: count, in_flight: count });

const summarySchema = z.object({
  date: z.string(),
  run: z.string(),
  ids: count,
  stored: count,
  failed: count,
  reused: count,
  requests: count,
  seconds: z.number(),
  finished_at: instant,
});

const VERSION = 1;

export const runDocumentSchema = z.object({
  version: z.literal(VERSION),
  date: z.string(),
  /** The stage, or where the local stack is. */
  place: z.string(),
  taken_at: instant,
  /** How the command is called, and what each call needs besides to come to the same place; null where it can't be reached any more. */
  command: z.nullable(z.object({ name: z.string(), flags: z.string() })),
  /** Requests to TMDB a second, of all consumers together. */
  budget: z.number().check(z.positive()),
  /** Null when the date never had a run. */
  run: z.nullable(runSchema),
  /** What waits and what is worked on, as SQS counts it; null where the queues are gone. */
  queues: z.nullable(z.object({ lotes: depthSchema, dead_letters: depthSchema })),
  troubles: z.readonly(z.array(z.object({ code: z.string(), message: z.string() }))),
  /** The settled run of each date, the latest date first. */
  runs: z.readonly(z.array(summarySchema)),
  /** The names of a record's attributes, in the order of a lote's file. */
  attributes: z.readonly(z.array(z.string())),
  /** Those of which anything was heard, in their order. */
  lotes: z.readonly(z.array(loteSchema)),
});

/** All that the page shows: what the files say of a date's run at one instant. The server sends it, and a report holds it. */
export type RunDocument = z.infer<typeof runDocumentSchema>;
export type RunPart = NonNullable<RunDocument["run"]>;
export type LotePart = z.infer<typeof loteSchema>;
export type RecordRow = z.infer<typeof recordRow>;
export type FailureRow = z.infer<typeof failureRow>;
export type TimesPart = z.infer<typeof timesSchema>;
export type WorkPart = z.infer<typeof workSchema>;

export const DOCUMENT_VERSION = VERSION;
