import pMap from "p-map";
import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { type LoteFile, parseLoteFile } from "../files/lote-file.ts";
import type { ObjectStore } from "../ports.ts";

/** A lote as its file tells of it. */
export interface StoredLote {
  readonly lote: number;
  readonly etag: string;
  readonly file: LoteFile;
}

// A round trip of some 20 ms each: a large run of a thousand lotes is read in two seconds.
const READING_AT_ONCE = 10;

/** Reads the lotes of a date, again and again if need be: a file that did not change since the last time is not read again. */
export class LoteReader {
  readonly #output: DateOutput;
  #known = new Map<string, StoredLote>();

  constructor(store: ObjectStore, date: RunDate) {
    this.#output = new DateOutput(store, date);
  }

  /**
   * The lotes of a run that have a file, in their order.
   * @throws {LoteFileError}
   */
  async lotes(run: string): Promise<StoredLote[]> {
    const found = await Array.fromAsync(this.#output.loteFiles());
    const known = new Map<string, StoredLote>();
    const lotes = await pMap(
      found,
      async ({ lote, etag }) => {
        const before = this.#known.get(`${lote} ${etag}`);
        // A later run's file may have the same bytes as an earlier one's, and so the same ETag.
        const now = before?.file.run === run ? before : await this.#read(lote);
        if (now?.file.run !== run) return undefined;
        known.set(`${lote} ${now.etag}`, now);
        return now;
      },
      { concurrency: READING_AT_ONCE },
    );
    this.#known = known;
    return lotes.filter((lote) => lote !== undefined).sort((a, b) => a.lote - b.lote);
  }

  async #read(lote: number): Promise<StoredLote | undefined> {
    const object = await this.#output.lote(lote);
    return object && { lote, etag: object.etag, file: parseLoteFile(object, []) };
  }
}
