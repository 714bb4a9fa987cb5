import type { Evidence } from "./oracle.ts";

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
    expect(entry.attempts >= 1 && entry.first_failed_at <= entry.last_failed_at, "the count or the times can't be");
    expect(!evidence.healed || !entry.retryable, "it was replayed when all was well, and is still there");
    const order = `${String(lote ?? 999_999).padStart(6, "0")} ${imdb_id ?? entry.message}`;
    expect(order > last, "it is not in its place");
    last = order;
    if (reason === "malformed_message") {
      expect(imdb_id === null && evidence.junk.includes(entry.message), "nobody sent this");
      continue;
    }
    expect(!seen.has(`${lote} ${imdb_id}`), "it stands there twice");
    seen.add(`${lote} ${imdb_id}`);
    expect(entry.run === run, "it is of a superseded run");
    expect(lote !== null && lotes[lote - 1]?.includes(imdb_id ?? "") === true, "it was not selected into this lote");
    const why = untrue(entry, lotes[(lote ?? 0) - 1] ?? [], evidence);
    if (why) expect(false, why);
  }
  return wrong;
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
  const mine = evidence.deliveries.filter(({ body }) => {
    const message = parsed(body);
    return message?.lote === lote && message?.run === run && (message?.ids as string[] | undefined)?.includes(id);
  });
  const isId = /^(tt\d{7,}|\d+)$/.test(id);
  const facts: Readonly<Record<string, () => boolean>> = {
    not_found: () => status === 404 && evidence.recordOf(id) === undefined && met(404),
    server_error: () => status !== null && status >= 500 && met(status),
    rate_limited: () => status === 429 && met(429),
    network: () => met("hang", "reset"),
    invalid_response: () => evidence.misanswered.has(id) && met(200),
    // One id's answer ends the whole lote.
    unauthorized: () =>
      status === 401 && evidence.arrivals.some((arrival) => arrival.outcome === 401 && ids.includes(arrival.id ?? "")),
    deadline: () => mine.some(({ timeUsed }) => timeUsed > 0.6),
    invalid_id: () => !isId,
    lote_failed: () => mine.filter(({ failed }) => failed).length >= 5,
  };
  if (reason !== "invalid_id" && reason !== "lote_failed" && !isId) return "it is no id, and was asked for";
  return facts[reason]?.() === true ? undefined : "nothing that happened bears it out";
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
