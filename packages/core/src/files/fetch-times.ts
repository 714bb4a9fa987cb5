import type { LoteWork } from "./lote-work.ts";

/** When TMDB gave the record of each id. */
export type FetchTimes = ReadonlyMap<string, Date>;

/** The name of the metadata. */
const FETCHED = "fetched";
/** All numbers are written with as few characters as possible. */
const BASE = 36;
const TIMES = "*";

/**
 * How much younger than the oldest record each record of a file is, in milliseconds and in the order of the file. Neighbours of the same age
 * share an entry: `0*2p,1hgzc,0*2`.
 * @param room how many bytes it may take, its name among them
 * @returns nothing when all are of one age, or when there is not enough room: each record then counts as old as the oldest
 */
export function fetchTimesMetadata(
  ids: readonly string[],
  times: FetchTimes | undefined,
  work: LoteWork | undefined,
  room: number,
): { readonly [FETCHED]?: string } {
  if (times === undefined || work === undefined) return {};
  const oldest = work.oldestFetchedAt.getTime();
  const groups: { younger: number; count: number }[] = [];
  for (const id of ids) {
    const younger = Math.max(0, (times.get(id)?.getTime() ?? oldest) - oldest);
    const last = groups.at(-1);
    if (last?.younger === younger) last.count++;
    else groups.push({ younger, count: 1 });
  }
  if (groups.every(({ younger }) => younger === 0)) return {};
  const text = groups
    .map(({ younger, count }) => younger.toString(BASE) + (count === 1 ? "" : TIMES + count.toString(BASE)))
    .join(",");
  return FETCHED.length + text.length > room ? {} : { [FETCHED]: text };
}

/**
 * When TMDB gave each of a file's records.
 * @param ids of the records, in the order of the file
 * @returns undefined where that was not kept
 */
export function fetchTimesIn(
  metadata: Readonly<Record<string, string>>,
  ids: readonly string[],
  work: LoteWork | undefined,
): FetchTimes | undefined {
  if (work === undefined) return undefined;
  const oldest = work.oldestFetchedAt.getTime();
  const younger = (metadata[FETCHED] ?? "").split(",").flatMap((group) => {
    const [ms = Number.NaN, count = 1] = group.split(TIMES).map((digits) => Number.parseInt(digits, BASE));
    const isGroup = ms >= 0 && count >= 1 && count <= ids.length;
    return isGroup ? Array<number>(count).fill(ms) : [];
  });
  const isWhole = younger.length === ids.length;
  return new Map(ids.map((id, index) => [id, new Date(oldest + (isWhole ? (younger[index] ?? 0) : 0))]));
}

/**
 * Whether the times of a file are each record's own. Where they had no room beside a file of which some records were used again they are not: all
 * count as old as the oldest.
 */
export function areTold(times: FetchTimes, { reused }: LoteWork): boolean {
  const [first, ...others] = [...times.values()].map((time) => time.getTime());
  return reused === 0 || reused >= times.size || others.some((time) => time !== first);
}
