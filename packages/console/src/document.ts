import { REASONS } from "@lotes/core";
import * as z from "zod";

const count = z.number().int().nonnegative();
const instant = z.iso.datetime();
const known = z.number().nullable();
const oddRows = z.object({ count, first_lines: z.array(z.number()).readonly() });

/**
 * A record: the id that was asked for, and TMDB's ten attributes in the order in which a lote's file has them. Without their names two thousand
 * of them take half of the place.
 */
const recordRow = z.tuple([
  z.string(),
  z.number(),
  z.string().nullable(),
  z.string().nullable(),
  known,
  z.string().nullable(),
  known,
  known,
  known,
  known,
  known,
]);

/** A failure: id, reason, status, the place of its message in the lote's `messages`, attempts, first and last failed at. */
const failureRow = z.tuple([z.string(), z.enum(REASONS), count.nullable(), count, count, instant, instant]);

const workSchema = z.object({
  started_at: instant,
  ended_at: instant,
  /** Whether more than one delivery has stored records: between `started_at` and `ended_at` there may be hours without a request. */
  repeated: z.boolean(),
  requests: count,
  retries: count,
  rate_limited: count,
  reused: count,
});

const loteSchema = z.object({
  lote: z.number().int().positive(),
  records: z.array(recordRow).readonly(),
  failures: z.array(failureRow).readonly(),
  messages: z.array(z.string()).readonly(),
  /** Ids of the lote of which nothing was heard yet. */
  open: z.array(z.string()).readonly(),
  /** What its records took; null where that was not kept. */
  work: workSchema.nullable(),
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
  queued_at: instant.nullable(),
  finished_at: instant.nullable(),
  settled: z.boolean(),
  stored: count,
  failed: count,
  cancelled: count,
  left: count,
  /** Messages of other programs that came to the queues. */
  malformed_messages: count,
  reasons: z
    .array(
      z.object({ reason: z.enum(REASONS), count, meaning: z.string(), advice: z.string(), retryable: z.boolean() }),
    )
    .readonly(),
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
  command: z.object({ name: z.string(), flags: z.string() }).nullable(),
  /** Requests to TMDB a second, of all consumers together. */
  budget: z.number().positive(),
  /** Null when the date never had a run. */
  run: runSchema.nullable(),
  /** What waits and what is worked on, as SQS counts it; null where the queues are gone. */
  queues: z.object({ lotes: depthSchema, dead_letters: depthSchema }).nullable(),
  troubles: z.array(z.object({ code: z.string(), message: z.string() })).readonly(),
  /** The settled run of each date, the latest date first. */
  runs: z.array(summarySchema).readonly(),
  /** Those of which anything was heard, in their order. */
  lotes: z.array(loteSchema).readonly(),
});

/** All that the page shows: what the files say of a date's run at one instant. The server sends it, and a report holds it. */
export type RunDocument = z.infer<typeof runDocumentSchema>;
export type RunPart = NonNullable<RunDocument["run"]>;
export type LotePart = z.infer<typeof loteSchema>;
export type RecordRow = z.infer<typeof recordRow>;
export type FailureRow = z.infer<typeof failureRow>;
export type WorkPart = z.infer<typeof workSchema>;

export const DOCUMENT_VERSION = VERSION;
