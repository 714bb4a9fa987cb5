import * as z from "zod/mini";
import { clipped } from "../clipped.ts";
import { movieRecordSchema } from "../dataset/movie-record.ts";
import { isRunDate } from "../dataset/run-date.ts";
import { REASONS } from "../reasons.ts";
import { jsonEscape } from "../text-lines.ts";
import { wholeOrNull } from "../whole-or-null.ts";

/** Why one id has no record. */
const failureSchema = z.object({
  id: z.string(),
  reason: z.enum(REASONS),
  /** The HTTP status, null where there was no answer. */
  status: z._default(z.nullable(z.int()), null),
  message: z.string(),
});

const idsSchema = z.readonly(z.array(z.string()));
const failuresSchema = z.readonly(z.array(failureSchema));

// Nobody tries an id this often. What is more is a mistake of whoever sent it, and one more of it might be no whole number.
const MOST_ATTEMPTS = 1_000_000;
/** Anything else is read as 0, since the failures beside it matter more. */
const attemptsSchema = z.catch(z.int().check(z.nonnegative(), z.maximum(MOST_ATTEMPTS)), 0);

const place = {
  run: z.string().check(z.minLength(1)),
  date: z.string().check(z.refine(isRunDate)),
  lote: z.int().check(z.positive()),
  ids: idsSchema,
};

/** Records that an earlier run has stored, and when TMDB gave them. Ids without one are asked for, so what can't be read is left out. */
const knownSchema = z.catch(
  z.readonly(z.array(z.object({ id: z.string(), fetched_at: z.iso.datetime(), record: movieRecordSchema }))),
  [],
);

const lote = {
  version: z.literal(2),
  ...place,
  /**
   * How often the ids had been tried on purpose when this was sent: 0 for a lote, 1 in the report of its first try, 2 in that of its
   * replay. Deliveries that SQS repeats on its own don't count, so the ledger is the same however often they happen.
   */
  attempts: attemptsSchema,
};

/**
 * The one message of both queues: what stands in the DeadLetterQueue can be sent back to LoteQueue as it is. Its kind tells who sent it
 * first, and stays when it is sent back.
 */
const messageSchema = z.discriminatedUnion("kind", [
  /** From the producer: nobody was asked for these ids before. */
  z.object({ kind: z.literal("lote"), ...lote, known: z.optional(knownSchema) }),
  /** From a producer that resumed its run: the lote may have been sent before. */
  z.object({ kind: z.literal("resumed"), ...lote, known: z.optional(knownSchema) }),
  /** From a consumer: the ids failed, `failures` says why; `recovered` have a record now, and may stand in the ledger. */
  z.object({ kind: z.literal("report"), ...lote, failures: failuresSchema, recovered: idsSchema }),
  /** From the producer, for the collector: it comes back until the run has settled. */
  z.object({
    kind: z.literal("closing"),
    version: z.literal(2),
    run: place.run,
    date: place.date,
    /** Ids that need not be asked for. They take no time of the budget. */
    reusable: z.catch(z.optional(z.int().check(z.nonnegative())), undefined),
    /** A lote of which not all was heard when this was sent: as long as that is so, the run has not settled. */
    unheard: z.catch(z.optional(z.int().check(z.positive())), undefined),
  }),
  /** From an operator: the ids are to be tried once more; `failures` says why they had failed. */
  z.object({ kind: z.literal("replay"), ...lote, failures: failuresSchema }),
]);

/** A message of version 1 tells its kind by what is absent, and its attempts in an attribute beside the body. */
const version1Schema = z.object({
  version: z.literal(1),
  ...place,
  failures: z.optional(failuresSchema),
  recovered: z.optional(idsSchema),
});

const bodySchema = z.discriminatedUnion("version", [version1Schema, messageSchema]);

type WithoutVersion<Message> = Message extends unknown ? Omit<Message, "version"> : never;

export type KnownRecord = z.infer<typeof knownSchema>[number];
export type Failure = z.infer<typeof failureSchema>;
export type Message = WithoutVersion<z.infer<typeof messageSchema>>;
/** Asks whether the run has settled. */
export type Closing = Extract<Message, { readonly kind: "closing" }>;
/** A message with ids. */
export type LoteMessage = Exclude<Message, Closing>;
/** What a consumer sends to the DeadLetterQueue. */
export type Report = Extract<LoteMessage, { readonly kind: "report" }>;

/** The body is no message of this pipeline. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

/** The name of the SQS message attribute in which a message of version 1 tells its attempts. */
export const VERSION_1_ATTEMPTS = "attempts";

/**
 * Reads the body of a message of either queue.
 * @param attribute what the message's attribute VERSION_1_ATTEMPTS holds, which counts for version 1 only
 * @throws {MalformedMessageError}
 */
export function parseMessage(body: string, attribute?: string): Message {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new MalformedMessageError("the message is not JSON", { cause });
  }
  const result = bodySchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    const part = issue?.path.join(".") || "its JSON";
    throw new MalformedMessageError(`the message is not a lote: ${part} does not fit (${issue?.code})`, {
      cause: result.error,
    });
  }
  if (result.data.version === 1) return ofVersion1(result.data, attribute);
  const { version, ...message } = result.data;
  return message;
}

/** SQS keeps a message for 14 days, so those of version 1 outlive the program that sent them. */
function ofVersion1(body: z.infer<typeof version1Schema>, attribute: string | undefined): LoteMessage {
  const { run, date, lote, ids, failures = [], recovered = [] } = body;
  const message = { run, date, lote, ids, attempts: attemptsSchema.parse(Number(attribute)) };
  if (failures.length > 0 || body.recovered !== undefined) return { kind: "report", ...message, failures, recovered };
  return { kind: body.failures === undefined ? "lote" : "resumed", ...message };
}

/** Whether an earlier message may have had ids of this one tried already. */
export function mayHaveBeenTried({ kind }: LoteMessage): boolean {
  return kind !== "lote";
}

/** The ids that a message names as recovered. A report names them still when it was sent back to LoteQueue. */
export function recoveredIn(message: LoteMessage): readonly string[] {
  return message.kind === "report" ? message.recovered : [];
}

// A hundred and fifty of them fit into one message, each character escaped.
const LONGEST_REASON = 500;

/**
 * A message as it travels: JSON in printable ASCII, whatever its ids hold. SQS refuses some characters, such as U+FFFE and most control
 * characters, and its stand-ins refuse others.
 */
export function messageBody(message: Message): string {
  const failures = "failures" in message && {
    failures: message.failures.map((failure) => ({
      ...failure,
      status: wholeOrNull(failure.status),
      message: clipped(failure.message, LONGEST_REASON),
    })),
  };
  return asciiJson({ version: 2, ...message, ...failures });
}

/** JSON in printable ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[^ -~]/g, jsonEscape);
}
