import type { FailedId, LoteFile, StoredLote } from "@lotes/core";
import type { FailureRow, LotePart, RecordRow, WorkPart } from "./document.ts";

/** A lote with what is stored of it and what has failed. */
interface HeardLote {
  readonly lote: number;
  readonly stored: StoredLote | undefined;
  readonly failures: readonly FailedId[];
}

interface KnownPart {
  readonly file: LoteFile | undefined;
  readonly failures: string;
  readonly part: LotePart;
}

/** What the page gets of the lotes. A lote that did not change is the same object as before. */
export class LoteParts {
  #known = new Map<number, KnownPart>();

  /** The lotes of which anything was heard, in their order. */
  of(stored: readonly StoredLote[], failures: readonly FailedId[]): LotePart[] {
    const known = heardLotes(stored, failures).map((heard): [number, KnownPart] => {
      // Whatever changes an entry of the ledger changes one of these.
      const signature = heard.failures.map((each) => `${each.imdb_id} ${each.attempts} ${each.last_failed_at}`).join();
      const before = this.#known.get(heard.lote);
      const isSame = before?.file === heard.stored?.content && before?.failures === signature;
      const part = isSame && before ? before.part : lotePart(heard);
      return [heard.lote, { file: heard.stored?.content, failures: signature, part }];
    });
    this.#known = new Map(known);
    return known.map(([, { part }]) => part);
  }
}

function heardLotes(stored: readonly StoredLote[], failures: readonly FailedId[]): HeardLote[] {
  const files = new Map(stored.map((each) => [each.lote, each]));
  const failed = Map.groupBy(failures, ({ lote }) => lote);
  const numbers = [...new Set([...files.keys(), ...failed.keys()])].sort((a, b) => a - b);
  return numbers.map((lote) => ({ lote, stored: files.get(lote), failures: failed.get(lote) ?? [] }));
}

function lotePart({ lote, stored, failures }: HeardLote): LotePart {
  const messages = [...new Set(failures.map(({ message }) => message))];
  const places = new Map(messages.map((message, place) => [message, place]));
  const failed = new Set(failures.map(({ imdb_id }) => imdb_id));
  const { ids = [], records = new Map() } = stored?.content ?? {};
  return {
    lote,
    records: [...(stored?.content.records ?? [])].map(([asked, r]): RecordRow => {
      const money = [r.budget, r.revenue] as const;
      const votes = [r.popularity, r.vote_average, r.vote_count] as const;
      return [asked, r.id, r.imdb_id, r.title, r.runtime, r.release_date, ...money, ...votes];
    }),
    failures: failures.map(
      ({ imdb_id, reason, status, message, attempts, first_failed_at, last_failed_at }): FailureRow => {
        return [imdb_id, reason, status, places.get(message) ?? 0, attempts, first_failed_at, last_failed_at];
      },
    ),
    messages,
    open: ids.filter((id) => !records.has(id) && !failed.has(id)),
    work: workPart(stored),
  };
}

function workPart(stored: StoredLote | undefined): WorkPart | null {
  const work = stored?.content.work;
  if (work === undefined) return null;
  const { startedAt, endedAt, lastStartedAt, requests, retries, rate_limited, reused } = work;
  return {
    started_at: startedAt.toISOString(),
    ended_at: endedAt.toISOString(),
    repeated: lastStartedAt.getTime() !== startedAt.getTime(),
    requests,
    retries,
    rate_limited,
    reused,
  };
}
