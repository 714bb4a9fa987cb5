import { areTold, type FailedId, isRepeated, type LoteFile, MOVIE_ATTRIBUTES, type StoredLote } from "@lotes/core";
import type { FailureRow, LotePart, RecordRow, WorkPart } from "./document.ts";

/** A lote with what is stored of it and what has failed. */
interface HeardLote {
  readonly lote: number;
  readonly stored: StoredLote | undefined;
  readonly failures: readonly FailedId[];
}

/** What a part was made of. */
interface KnownPart {
  readonly file: LoteFile | undefined;
  readonly failures: readonly FailedId[];
  readonly part: LotePart;
}

const NONE: readonly FailedId[] = [];

/** What the page gets of the lotes. A lote that did not change is the same object as before. */
export class LoteParts {
  #known = new Map<number, KnownPart>();
  #failures = NONE;
  #byLote: ReadonlyMap<number, readonly FailedId[]> = new Map();

  /**
   * The lotes of which anything was heard, in their order.
   * @param failures the same array as long as the ledger did not change
   */
  of(stored: readonly StoredLote[], failures: readonly FailedId[]): LotePart[] {
    if (this.#failures !== failures) this.#byLote = Map.groupBy(failures, ({ lote }) => lote);
    this.#failures = failures;
    const files = new Map(stored.map((each) => [each.lote, each]));
    const numbers = [...new Set([...files.keys(), ...this.#byLote.keys()])].sort((a, b) => a - b);
    const known = numbers.map((lote): [number, KnownPart] => {
      const heard = { lote, stored: files.get(lote), failures: this.#byLote.get(lote) ?? NONE };
      return [lote, this.#known.get(lote)?.file === heard.stored?.content ? this.#same(heard) : made(heard)];
    });
    this.#known = new Map(known);
    return known.map(([, { part }]) => part);
  }

  /** The part of a lote whose file did not change. */
  #same(heard: HeardLote): KnownPart {
    const before = this.#known.get(heard.lote);
    return before && areSame(before.failures, heard.failures) ? before : made(heard);
  }
}

function made(heard: HeardLote): KnownPart {
  return { file: heard.stored?.content, failures: heard.failures, part: lotePart(heard) };
}

/** Whatever changes an entry of the ledger changes how often its id was tried, or when. */
function areSame(before: readonly FailedId[], now: readonly FailedId[]): boolean {
  if (before === now) return true;
  return (
    before.length === now.length &&
    before.every(({ imdb_id, attempts, last_failed_at }, index) => {
      const entry = now[index];
      return entry?.imdb_id === imdb_id && entry.attempts === attempts && entry.last_failed_at === last_failed_at;
    })
  );
}

function lotePart({ lote, stored, failures }: HeardLote): LotePart {
  const messages = [...new Set(failures.map(({ message }) => message))];
  const places = new Map(messages.map((message, place) => [message, place]));
  const failed = new Set(failures.map(({ imdb_id }) => imdb_id));
  const { ids = [], records = new Map() } = stored?.content ?? {};
  return {
    lote,
    records: [...(stored?.content.records ?? [])].map(([asked, record]): RecordRow => {
      return [asked, ...MOVIE_ATTRIBUTES.map((name) => record[name])];
    }),
    failures: failures.map(
      ({ imdb_id, reason, status, message, attempts, first_failed_at, last_failed_at }): FailureRow => {
        return [imdb_id, reason, status, places.get(message) ?? 0, attempts, first_failed_at, last_failed_at];
      },
    ),
    messages,
    open: ids.filter((id) => !records.has(id) && !failed.has(id)),
    ...usedAgain(stored?.content),
    work: workPart(stored),
  };
}

/** When TMDB gave the records of earlier runs. */
function usedAgain(file: LoteFile | undefined): Pick<LotePart, "used_again"> {
  const { work, fetchTimes, records } = file ?? {};
  if (work === undefined || fetchTimes === undefined || records === undefined || !areTold(fetchTimes, work)) return {};
  const earlier = [...records.keys()].flatMap((id, place) => {
    const at = fetchTimes.get(id);
    return at !== undefined && at < work.startedAt ? [{ at: at.toISOString(), place }] : [];
  });
  if (earlier.length === 0) return {};
  const groups = Map.groupBy(earlier, ({ at }) => at);
  return { used_again: [...groups].map(([at, group]) => ({ at, places: group.map(({ place }) => place) })) };
}

function workPart(stored: StoredLote | undefined): WorkPart | null {
  const work = stored?.content.work;
  if (work === undefined) return null;
  const { startedAt, endedAt, requests, retries, rate_limited, reused, times = null } = work;
  return {
    started_at: startedAt.toISOString(),
    ended_at: endedAt.toISOString(),
    repeated: isRepeated(work),
    requests,
    retries,
    rate_limited,
    reused,
    times,
  };
}
