import type { MovieRecord } from "../dataset/movie-record.ts";
import { type EarlierRecord, isYoungEnough } from "../files/earlier-records.ts";
import type { FetchTimes } from "../files/fetch-times.ts";
import { asciiJson, type KnownRecord, type LoteMessage } from "./message.ts";

/**
 * Records that need not be asked for travel in the message of their lote. So they survive that the producer removes the earlier run's files, with
 * and without versions in the bucket, and the consumer reads nothing more from S3. A record is some 300 bytes. SQS takes 1 MiB for a message;
 * what is beyond this half of it is asked for.
 */
const MOST_KNOWN_BYTES = 512 * 1024;

/** What a lote's message carries of the records of earlier runs. */
export function knownRecords(
  ids: readonly string[],
  earlier: ReadonlyMap<string, EarlierRecord>,
): { readonly known?: readonly KnownRecord[] } {
  let bytes = 0;
  const known: KnownRecord[] = [];
  for (const id of ids) {
    const found = earlier.get(id);
    if (found === undefined) continue;
    const each = { id, fetched_at: found.fetchedAt.toISOString(), record: found.record };
    bytes += asciiJson(each).length;
    if (bytes > MOST_KNOWN_BYTES) break;
    known.push(each);
  }
  return known.length > 0 ? { known } : {};
}

/** The records of a message that are used again. */
export interface ReusedRecords {
  readonly records: ReadonlyMap<string, MovieRecord>;
  readonly fetchTimes: FetchTimes;
}

/**
 * Which of the records that a message carries are young enough still: it may have waited for days. Of a replay there are none, since its ids
 * are to be asked for.
 */
export function reusedRecords(message: LoteMessage, hours: number, now: Date): ReusedRecords {
  const ids = new Set(message.ids);
  const known = "known" in message ? (message.known ?? []) : [];
  const young = known.filter(({ id, fetched_at }) => ids.has(id) && isYoungEnough(new Date(fetched_at), hours, now));
  return {
    records: new Map(young.map(({ id, record }) => [id, record])),
    fetchTimes: new Map(young.map(({ id, fetched_at }) => [id, new Date(fetched_at)])),
  };
}
