import { answers, type MovieRecord, movieRecordSchema, recordLine } from "../dataset/movie-record.ts";
import { isMovieId, isTmdbId } from "../dataset/movies.ts";
import type { NewObject, StoredObject } from "../ports.ts";
import { textLines } from "../text-lines.ts";
import { METADATA_BYTES, METADATA_ID_BYTES } from "../topology.ts";
import { EditedFileError } from "./edited-file-error.ts";
import { type FetchTimes, fetchTimesIn, fetchTimesMetadata } from "./fetch-times.ts";
import { addWork, type LoteWork, timesMetadata, workIn, workMetadata } from "./lote-work.ts";
import { runOf } from "./run-of.ts";

/** The records of one lote by the id that was asked for. */
export type Records = ReadonlyMap<string, MovieRecord>;

/** What a `lote_N.json` holds. */
export interface LoteFile {
  readonly run: string;
  /** The ids of the lote as far as they are known, in their order; with and without a record. */
  readonly ids: readonly string[];
  readonly records: Records;
  /** What the records took; undefined where that was not kept. */
  readonly work?: LoteWork | undefined;
  /** When TMDB gave each record; undefined where that was not kept. */
  readonly fetchTimes?: FetchTimes | undefined;
}

/** A `lote_N.json` holds something else: somebody wrote it by hand. */
export class LoteFileError extends EditedFileError {
  override readonly name = "LoteFileError";
}

// Where the list of ids is too long for the metadata, the records have a mark each.
const BY_IMDB_ID = "i";
const BY_TMDB_ID = "t";

/** Stands before an id in the metadata that has no record yet. */
const NO_RECORD = "-";

/** How many records a file holds. */
export function countRecords(object: StoredObject): number {
  return linesOf(object).length;
}

/**
 * The ids that have a record, by a file's metadata alone.
 * @returns undefined where only the records tell
 */
export function storedIdsIn(metadata: Readonly<Record<string, string>>): string[] | undefined {
  return idsIn(metadata)?.flatMap(({ id, isStored }) => (isStored ? [id] : []));
}

/**
 * The ids of a lote in their order, with and without a record, by its file's metadata alone.
 * @returns undefined where only the records tell
 */
export function idsIn(
  metadata: Readonly<Record<string, string>>,
): { readonly id: string; readonly isStored: boolean }[] | undefined {
  const listed = metadata.ids?.split(",").filter((id) => id !== "");
  return listed?.map((id) => ({ id: id.replace(NO_RECORD, ""), isStored: !id.startsWith(NO_RECORD) }));
}

/** Whether ids of a lote have no record, as far as its file's metadata tell. */
export function lacksRecords(metadata: Readonly<Record<string, string>>): boolean {
  return idsIn(metadata)?.some(({ isStored }) => !isStored) ?? false;
}

/** One record a line. An editor may have saved the file in its own way. */
function linesOf({ body }: StoredObject): string[] {
  return textLines(body).map(({ text }) => text);
}

/**
 * @param asked ids of the lote, in case the file itself does not tell which id each record was asked for under
 * @throws {LoteFileError}
 */
export function parseLoteFile(object: StoredObject, asked: readonly string[]): LoteFile {
  let records: MovieRecord[];
  try {
    records = linesOf(object).map((line) => movieRecordSchema.parse(JSON.parse(line)));
  } catch (cause) {
    throw new LoteFileError("the lote's file holds a line that is no record; remove the file and send the lote again", {
      cause,
    });
  }
  const listed = object.metadata.ids?.split(",") ?? [];
  const stored = storedIdsIn(object.metadata) ?? [];
  const isListed = stored.length === records.length;
  const ids = isListed ? stored : (idsByMarks(object, records) ?? guessedIds(records, asked));
  const work = workIn(object.metadata);
  return {
    run: runOf(object) ?? "",
    ids: isListed ? listed.map((id) => id.replace(NO_RECORD, "")) : ids,
    records: new Map(records.map((record, index) => [ids[index] ?? "", record])),
    work,
    fetchTimes: fetchTimesIn(object.metadata, ids, work),
  };
}

/** The ids that have a record in a file, if it is of the run. */
export function storedIdsOf(run: string, file: StoredObject | undefined, asked: readonly string[]): string[] {
  return file !== undefined && runOf(file) === run ? [...parseLoteFile(file, asked).records.keys()] : [];
}

/** Which of a record's own ids it was asked for under; another one stands for itself. */
function markOf(id: string, record: MovieRecord | undefined): string {
  if (id === record?.imdb_id) return BY_IMDB_ID;
  return id === String(record?.id) ? BY_TMDB_ID : id;
}

function idsByMarks({ metadata }: StoredObject, records: readonly MovieRecord[]): string[] | undefined {
  const marks = metadata.marks?.split(",") ?? [];
  if (marks.length !== records.length) return undefined;
  return records.map(({ imdb_id, id }, index) => {
    const mark = marks[index] ?? "";
    return mark === BY_IMDB_ID ? (imdb_id ?? "") : mark === BY_TMDB_ID ? String(id) : mark;
  });
}

/** Guesses the id that each record was asked for under. A movie may be stored under both of its ids, so no id is given twice. */
function guessedIds(records: readonly MovieRecord[], asked: readonly string[]): string[] {
  const taken = new Set<string>();
  return records.map((record) => {
    const own = [record.imdb_id ?? String(record.id), String(record.id)];
    const id = [...asked.filter((each) => answers(record, each)), ...own].find((each) => !taken.has(each)) ?? "";
    taken.add(id);
    return id;
  });
}

/**
 * Puts what was just fetched together with what is there of the same run; of two records for an id, the fetched one stays.
 * The records stand in the order of the lote's ids, whichever part of the lote came first.
 */
export function mergeLote(existing: LoteFile | undefined, fetched: LoteFile): LoteFile {
  if (existing === undefined || existing.run !== fetched.run) return fetched;
  const isWhole = existing.records.keys().every((id) => fetched.records.has(id));
  return {
    run: fetched.run,
    ids: commonOrder(existing.ids, fetched.ids),
    records: new Map([...existing.records, ...fetched.records]),
    work: addWork(existing.work, fetched.work, isWhole),
    fetchTimes: new Map([...(existing.fetchTimes ?? []), ...(fetched.fetchTimes ?? [])]),
  };
}

/** The list that has all ids gives the order. If neither has, the lote was never stored as a whole. Then the ids are sorted, as in the CSV. */
function commonOrder(a: readonly string[], b: readonly string[]): readonly string[] {
  const all = new Set([...a, ...b]);
  if (all.size === new Set(a).size) return a;
  if (all.size === new Set(b).size) return b;
  return [...all].sort();
}

/** One record a line, with a final line end. The lote's ids go beside it, so that a later part of the lote finds its place. */
export function loteObject({ run, ids, records, work, fetchTimes }: LoteFile): NewObject {
  const lines = ids.flatMap((id) => {
    const record = records.get(id);
    return record === undefined ? [] : [`${recordLine(record)}\n`];
  });
  // An id that could not be asked for never gets a record, and may not even fit into a header.
  const list = ids
    .filter(isMovieId)
    .map((id) => (records.has(id) ? id : NO_RECORD + id))
    .join(",");
  const metadata = {
    run,
    ...(list.length <= METADATA_ID_BYTES ? { ids: list } : marksOf(ids, records)),
    ...workMetadata(work),
  };
  const stored = ids.filter((id) => records.has(id));
  const fetched = fetchTimesMetadata(stored, fetchTimes, work, roomBeside(metadata));
  // The age of the records decides what is used again; these are for people.
  const times = timesMetadata(work, roomBeside({ ...metadata, ...fetched }));
  return {
    body: lines.join(""),
    contentType: "application/x-ndjson",
    metadata: { ...metadata, ...fetched, ...times },
  };
}

/** How many bytes S3 takes beside these. */
function roomBeside(metadata: Readonly<Record<string, string>>): number {
  const taken = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return METADATA_BYTES - taken;
}

/** A mark for each record tells its id, where the list of all ids is too long for the metadata and the records alone leave a doubt. */
function marksOf(ids: readonly string[], records: Records): { readonly marks?: string } {
  const marks = ids.filter((id) => records.has(id)).map((id) => markOf(id, records.get(id)));
  const isCertain = !ids.some(isTmdbId) && marks.every((mark) => mark === BY_IMDB_ID);
  const text = marks.join(",");
  return isCertain || text.length > METADATA_ID_BYTES ? {} : { marks: text };
}
