import { createHash } from "node:crypto";
import type { Delivery, Evidence, KnownObject } from "./evidence.ts";

/** A line of `erros_geral.json`, as the contracts have it. */
export interface Entry {
  readonly imdb_id: string | null;
  readonly reason: string;
  readonly status: number | null;
  readonly message: string;
  readonly retryable: boolean;
  readonly lote: number | null;
  readonly run: string | null;
  readonly attempts: number;
  readonly first_failed_at: string;
  readonly last_failed_at: string;
}

const ENTRY_KEYS = "imdb_id,reason,status,message,retryable,lote,run,attempts,first_failed_at,last_failed_at";
const RETRYABLE = [
  "unauthorized",
  "rate_limited",
  "server_error",
  "network",
  "invalid_response",
  "deadline",
  "lote_failed",
];
const PERMANENT = ["not_found", "invalid_id", "malformed_message"];

// A ledger is read whole by whoever reads it: of a large message its beginning is enough.
const MOST_OF_STRANGERS_BYTES = 64 * 1024;
// Of a function's time a quarter at the most is kept for the writes.
const MUCH_TIME = 0.6;
// SQS gives a message up after so many receives.
const MAX_RECEIVES = 5;

export function entriesOf(body = ""): Entry[] {
  return body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** What is wrong with a date's ledger. */
export function judgeLedger(
  date: string,
  ledger: readonly Entry[],
  run: string,
  lotes: readonly string[][],
  evidence: Evidence,
): string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  let last = "";
  for (const entry of ledger) {
    const { imdb_id, reason, lote } = entry;
    const expect = (holds: boolean, sentence: string) => {
      if (!holds) wrong.push(`${date}: ${imdb_id} of lote ${lote}, ${reason}: ${sentence}`);
    };
    expect(Object.keys(entry).join() === ENTRY_KEYS, "the entry has other keys");
    expect(entry.retryable === RETRYABLE.includes(reason), `retryable is ${entry.retryable}`);
    expect(entry.retryable || PERMANENT.includes(reason), "there is no such reason");
    expect(
      Number.isInteger(entry.attempts) && entry.attempts >= 1 && entry.first_failed_at <= entry.last_failed_at,
      "the count or the times can't be",
    );
    const isOpen = !evidence.cancels.some((cancel) => cancel.run === run);
    expect(!evidence.healed || !isOpen || !entry.retryable, "it was replayed when all was well, and is still there");
    const order = `${String(lote ?? 999_999).padStart(6, "0")} ${imdb_id ?? entry.message}`;
    expect(order > last, "it is not in its place");
    last = order;
    if (imdb_id === null) continue;
    expect(!seen.has(`${lote} ${imdb_id}`), "it stands there twice");
    seen.add(`${lote} ${imdb_id}`);
    expect(entry.run === run, "it is of a superseded run");
    expect(lote !== null && lotes[lote - 1]?.includes(imdb_id ?? "") === true, "it was not selected into this lote");
    const why = untrue(entry, lotes[(lote ?? 0) - 1] ?? [], evidence);
    if (why) expect(false, why);
  }
  return wrong;
}

export function isPart(name: string): boolean {
  return /^_erros_\d+\.json$/.test(name);
}

/** What is wrong with the parts of a date's ledger: a run with many lotes has them, and their lines are those of the ledger. */
export function judgeParts(
  date: string,
  run: { readonly run: string; readonly lotes: number; readonly ledger_part_lotes?: number },
  files: ReadonlyMap<string, KnownObject>,
): string[] {
  const parts = [...files].filter(([name]) => isPart(name));
  const size = run.ledger_part_lotes;
  if (size === undefined) return parts.length > 0 ? [`${date}: the ledger has no parts, and there are some`] : [];
  const numberOf = (name: string) => Number(/\d+/.exec(name)?.[0]) || Number.POSITIVE_INFINITY;
  const wrong = parts
    .filter(([name, { metadata }]) => metadata.run !== run.run || numberOf(name) > Math.ceil(run.lotes / size))
    .filter(([name, { metadata }]) => metadata.run !== run.run || name !== "_erros_0.json")
    .map(([name]) => `${date}: ${name} is nobody's, or of a superseded run`);
  const lines = parts
    .toSorted(([a], [b]) => (numberOf(a) < numberOf(b) ? -1 : 1))
    .map(([, { body }]) => body)
    .join("");
  const ledger = files.get("erros_geral.json")?.body ?? "";
  if (lines !== ledger) wrong.push(`${date}: the ledger is not its parts: it has ${ledger} instead of ${lines}`);
  return wrong;
}

/** What is wrong with what is kept of strangers' messages. */
export function judgeStrangers(date: string, ledger: readonly Entry[], { strangers }: Evidence): string[] {
  const entries = ledger.filter(({ imdb_id, reason }) => imdb_id === null || reason === "malformed_message");
  const wrong = entries
    .filter((entry) => entry.imdb_id !== null || !strangers.some((body) => quotes(entry.message, body)))
    .map(({ message }) => `${date}: nobody sent ${message.slice(0, 200)}`);
  const bytes = entries.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
  if (bytes > MOST_OF_STRANGERS_BYTES) wrong.push(`${date}: ${bytes} bytes are kept of strangers' messages`);
  return wrong;
}

/** Whether an entry's message is a body, or its beginning with its hash. */
function quotes(message: string, body: string): boolean {
  if (message === body) return true;
  if (!message.startsWith(body.slice(0, 100))) return false;
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  return message.includes(hash);
}

/** Why an entry's reason can't be true, or undefined when there is evidence for it. */
function untrue(
  { imdb_id, reason, status, lote, run }: Entry,
  ids: readonly string[],
  evidence: Evidence,
): string | undefined {
  const id = imdb_id ?? "";
  const met = (...outcomes: (number | string)[]) =>
    evidence.arrivals.some((arrival) => arrival.id === id && outcomes.includes(arrival.outcome));
  const mine = evidence.deliveries.filter((delivery) => {
    // Most bodies need not be read for that, and a stranger's may be large.
    if (!delivery.body.includes(`"${run}"`)) return false;
    const message = messageOf(delivery);
    return message?.lote === lote && message?.run === run && (message?.ids as string[] | undefined)?.includes(id);
  });
  const isId = /^(tt\d{7,}|\d+)$/.test(id);
  const asked = evidence.arrivals.filter((arrival) => arrival.id === id).length;
  const outOfTime = mine.some(({ timeUsed }) => timeUsed > MUCH_TIME);
  // One id's 401 ends the whole lote, the retries of the others too.
  const wasRefused = evidence.arrivals.some((arrival) => arrival.outcome === 401 && ids.includes(arrival.id ?? ""));
  const again = asked > 1 || outOfTime || wasRefused;
  const wasCancelled = evidence.cancels.some((cancel) => cancel.run === run);
  const facts: Readonly<Record<string, () => boolean>> = {
    not_found: () => status === 404 && evidence.recordOf(id) === undefined && met(404),
    // A page of whatever stands before TMDB refuses no token.
    server_error: () => status !== null && (status >= 500 || status === 403) && met(status) && again,
    // A lote that can't wait as long as TMDB asks it to is given back, until SQS would give it up.
    rate_limited: () =>
      status === 429 && (met(429) || mine.some(({ heldUp, receives }) => heldUp && receives >= MAX_RECEIVES)),
    network: () =>
      (met("hang", "reset") && again) ||
      (evidence.brokenOff.has(id) && met(200)) ||
      evidence.attempts.some((attempt) => attempt.id === id && attempt.reset),
    invalid_response: () => evidence.misanswered.has(id) && met(200) && again,
    unauthorized: () => status === 401 && wasRefused,
    deadline: () =>
      mine.some(({ timeUsed, heldUp, receives }) => timeUsed > MUCH_TIME && !(heldUp && receives < MAX_RECEIVES)),
    invalid_id: () => !isId,
    // A delivery that found the run cancelled ended well, and told nobody anything of the ids.
    lote_failed: () => mine.filter(({ failed }) => failed || wasCancelled).length >= MAX_RECEIVES,
  };
  if (reason !== "invalid_id" && reason !== "lote_failed" && !isId) return "it is no id, and was asked for";
  return facts[reason]?.() === true ? undefined : "nothing that happened bears it out";
}

type Message = Record<string, unknown> | undefined;

/** The message of each delivery, read once. */
const MESSAGES = new WeakMap<Delivery, { readonly message: Message }>();

function messageOf(delivery: Delivery): Message {
  const known = MESSAGES.get(delivery) ?? { message: parsed(delivery.body) };
  MESSAGES.set(delivery, known);
  return known.message;
}

function parsed(body: string): Message {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
