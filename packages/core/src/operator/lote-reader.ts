import pMap from "p-map";
import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { countRecords, type LoteFile, parseLoteFile } from "../files/lote-file.ts";
import { runOf } from "../files/run-of.ts";
import type { ObjectStore, ObjectSummary, StoredObject } from "../ports.ts";

/** A lote that has a file. */
export interface StoredLote<Content = LoteFile> extends Pick<ObjectSummary, "key" | "etag" | "modifiedAt"> {
  readonly lote: number;
  /** How many records its file holds. */
  readonly records: number;
  /** What was wanted of its file; the same object as long as the file did not change. */
  readonly content: Content;
}

interface KnownFile<Content> extends Pick<StoredLote<Content>, "records" | "content"> {
  readonly run: string;
}

// A round trip of some 20 ms each: a large run of a thousand lotes is read in two seconds.
const READING_AT_ONCE = 10;

/** Reads the lotes of a date, again and again if need be: a file that did not change since the last time is not read again. */
export class LoteReader<Content> {
  readonly #output: DateOutput;
  readonly #read: (object: StoredObject) => Content;
  #known = new Map<string, KnownFile<Content> | undefined>();

  /** @param read what is wanted of a file */
  constructor(store: ObjectStore, date: RunDate, read: (object: StoredObject) => Content) {
    this.#output = new DateOutput(store, date);
    this.#read = read;
  }

  /**
   * The lotes of a run that have a file, in their order.
   * @throws whatever `read` throws
   */
  async lotes(run: string): Promise<StoredLote<Content>[]> {
    const found = await Array.fromAsync(this.#output.loteFiles());
    const files = new Map<string, KnownFile<Content> | undefined>();
    const lotes = await pMap(
      found,
      async ({ lote, key, etag, modifiedAt }) => {
        const version = `${lote} ${etag}`;
        const known = this.#known.get(version);
        // A later run's file may have the same bytes as an earlier one's, and so the same ETag.
        const file = known?.run === run ? known : await this.#file(lote, run);
        files.set(version, file);
        if (file === undefined) return undefined;
        return { lote, key, etag, modifiedAt, records: file.records, content: file.content };
      },
      { concurrency: READING_AT_ONCE },
    );
    this.#known = files;
    return lotes.filter((lote) => lote !== undefined).sort((a, b) => a.lote - b.lote);
  }

  async #file(lote: number, run: string): Promise<KnownFile<Content> | undefined> {
    const object = await this.#output.lote(lote);
    // What another run has left is not looked into.
    if (object === undefined || runOf(object) !== run) return undefined;
    return { run, records: countRecords(object), content: this.#read(object) };
  }
}

/**
 * A reader of whole files.
 * @throws {LoteFileError} when its lotes are read
 */
export function loteFileReader(store: ObjectStore, date: RunDate): LoteReader<LoteFile> {
  return new LoteReader(store, date, (object) => parseLoteFile(object, []));
}
