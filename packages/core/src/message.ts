import * as z from "zod";
import { clipped } from "./clipped.ts";
import { isRunDate } from "./keys.ts";
import { REASONS } from "./reasons.ts";

/** Why one id has no record. */
const failureSchema = z.object({
  id: z.string(),
  reason: z.enum(REASONS),
  /** The HTTP status, null where there was no answer. */
  status: z.number().int().nullable().default(null),
  message: z.string(),
});

/**
 * The one message of both queues: what stands in the DeadLetterQueue can be sent back to LoteQueue as it is.
 */
const loteMessageSchema = z.object({
  version: z.literal(1),
  run: z.string().min(1),
  date: z.string().refine(isRunDate, "must be a day as yyyy/mm/dd"),
  lote: z.number().int().positive(),
  ids: z.array(z.string()),
  /** What a consumer reports of the ids that failed; from a producer that resumed its run, empty: it may not be the first to send this lote. */
  failures: z.array(failureSchema).optional(),
  /** Ids that have a record now and may stand in the ledger. */
  recovered: z.array(z.string()).optional(),
});

export type Failure = z.infer<typeof failureSchema>;
export type LoteMessage = z.infer<typeof loteMessageSchema>;

/** The body is no message of this pipeline. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

/** @throws {MalformedMessageError} */
export function parseMessage(body: string): LoteMessage {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new MalformedMessageError("the message is not JSON", { cause });
  }
  const result = loteMessageSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new MalformedMessageError(`the message is not a lote: ${issue?.path.join(".")}: ${issue?.message}`, {
      cause: result.error,
    });
  }
  return result.data;
}

// A hundred and fifty of them fit into one message, each character escaped.
const LONGEST_REASON = 500;

/**
 * A message as it travels: JSON in printable ASCII, whatever its ids hold. SQS refuses some characters, such as U+FFFE and most control
 * characters, and its stand-ins refuse others.
 */
export function messageBody(message: LoteMessage): string {
  const failures = message.failures?.map((failure) => ({
    ...failure,
    status: wholeOrNull(failure.status),
    message: clipped(failure.message, LONGEST_REASON),
  }));
  const body = JSON.stringify({ ...message, ...(failures && { failures }) });
  return body.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A status as it can be written and read again; null for what is no whole number. */
export function wholeOrNull(status: number | null): number | null {
  // JSON knows no negative zero.
  return status !== null && Number.isSafeInteger(status) ? status + 0 : null;
}

/**
 * The name of the SQS message attribute that counts how often the ids of a message have been tried on purpose: absent on what the
 * producer sends, 1 on the report of the first try, 2 on that of its replay. It travels with a redrive. Deliveries that SQS repeats
 * on its own don't count, so the ledger is the same however often they happen.
 */
export const ATTEMPTS_ATTRIBUTE = "attempts";

// Nobody tries an id this often. What is more is a mistake of whoever sent it, and one more of it might be no whole number.
const MOST_ATTEMPTS = 1_000_000;

/** How often ids have been tried on purpose, as a message's attribute tells it; 0 for what can't be such a count. */
export function attemptsIn(text: string | undefined): number {
  const attempts = Number(text);
  return Number.isInteger(attempts) && attempts > 0 && attempts <= MOST_ATTEMPTS ? attempts : 0;
}
