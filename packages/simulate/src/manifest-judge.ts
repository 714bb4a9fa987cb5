import { factsAmong } from "@lotes/schedules/csv-oracle";
import type { KnownUpload } from "@lotes/schedules/evidence";
import { entriesOf } from "@lotes/schedules/ledger-oracle";
import { lineOf } from "@lotes/schedules/movies";

/** What lay under a key from one write to another. The writes of the bucket are counted. */
interface State {
  readonly etag: string;
  readonly body: string | Buffer;
  readonly from: number;
  until: number;
}

interface NamedFile {
  readonly key: string;
  readonly etag: string;
}

/** The parts of a manifest that are judged. */
interface Manifest {
  readonly run: string;
  readonly source: { readonly sequencer: string };
  readonly ids: number;
  readonly stored: number;
  readonly failed: number;
  readonly files: readonly NamedFile[];
  readonly ledger: NamedFile | null;
}

const LEDGER = "erros_geral.json";

/**
 * Judges each manifest at the moment of its writing: whether there was an instant at which all that it names was there, and whether each id
 * of its upload is stored or failed by that, and not both.
 */
export class ManifestJudge {
  /** What was wrong, in sentences. */
  readonly wrong: string[] = [];
  readonly #loteSize: number;
  readonly #uploads = new Map<string, KnownUpload>();
  readonly #states = new Map<string, State[]>();
  #writes = 0;

  constructor(loteSize: number) {
    this.#loteSize = loteSize;
  }

  uploaded(upload: KnownUpload): void {
    this.#uploads.set(upload.sequencer, upload);
  }

  /**
   * To be called after each change of the bucket.
   * @param object undefined when the key was removed
   */
  changed(key: string, object: { readonly etag: string; readonly body: string | Buffer } | undefined): void {
    const now = ++this.#writes;
    const states = this.#statesOf(key);
    this.#states.set(key, states);
    const last = states.at(-1);
    if (last !== undefined && last.until === Number.POSITIVE_INFINITY) last.until = now;
    if (object === undefined) return;
    const { etag, body } = object;
    states.push({ etag, body, from: now, until: Number.POSITIVE_INFINITY });
    if (key.endsWith("/_manifest.json")) this.#judge(key, JSON.parse(String(body)));
  }

  #statesOf(key: string): State[] {
    return this.#states.get(key) ?? [];
  }

  #judge(key: string, manifest: Manifest): void {
    const { files, ledger } = manifest;
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    const named = [...files, ...(ledger ? [ledger] : [])].map((file) =>
      this.#statesOf(file.key).filter(({ etag }) => etag === file.etag),
    );
    const absent = ledger ? [] : this.#statesOf(folder + LEDGER);
    const instants = [...named.flat().map(({ from }) => from), ...absent.map(({ until }) => until)];
    const isThen = (instant: number) => (state: State) => state.from <= instant && instant < state.until;
    const isThere = (instant: number) =>
      named.every((states) => states.some(isThen(instant))) && !absent.some(isThen(instant));
    if (named.length > 0 && !instants.some(isThere))
      this.wrong.push(`${key} names what never was there together: ${JSON.stringify({ files, ledger })}`);
    else this.#judgeContents(key, folder, manifest);
  }

  #judgeContents(key: string, folder: string, { run, source, ids, stored, failed, files, ledger }: Manifest): void {
    const upload = this.#uploads.get(source.sequencer);
    const ofDate = [...this.#uploads.values()].filter(({ date }) => date === upload?.date);
    const selected = (upload && factsAmong(upload, ofDate))?.ids ?? [];
    const entries = entriesOf(ledger ? this.#textOf(ledger) : "").filter(
      (entry) => entry.run === run && entry.imdb_id !== null,
    );
    const isFailed = new Set(entries.map(({ lote, imdb_id }) => `${lote} ${imdb_id}`));
    const actual = [selected.length, selected.length - entries.length, entries.length];
    if (JSON.stringify([ids, stored, failed]) !== JSON.stringify(actual))
      this.wrong.push(`${key} tells ${[ids, stored, failed]} ids, stored and failed, and they are ${actual}`);
    const bodies = new Map(files.map((file) => [file.key, this.#textOf(file)]));
    for (let from = 0, lote = 1; from < selected.length; from += this.#loteSize, lote++) {
      const left = selected.slice(from, from + this.#loteSize).filter((id) => !isFailed.has(`${lote} ${id}`));
      const expected = left.map((id) => lineOf(id) ?? `(TMDB does not know ${id})`).sort();
      const lines = (bodies.get(`${folder}lote_${lote}.json`) ?? "").split("\n").filter((line) => line !== "");
      if (JSON.stringify(lines.sort()) !== JSON.stringify(expected))
        this.wrong.push(
          `${key} was written too early: lote_${lote}.json has [${lines}], and its ids less the failed ones are [${expected}]`,
        );
    }
  }

  #textOf({ key, etag }: NamedFile): string {
    return String(this.#statesOf(key).find((state) => state.etag === etag)?.body ?? "");
  }
}
