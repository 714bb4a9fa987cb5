import type { ObjectHead, ObjectSummary } from "../ports.ts";
import { PackedText } from "./packed-text.ts";

/** Those of two runs of a million ids. A look takes some 0.8 kB. */
const MOST_LOOKS = 20_000;

/**
 * S3 tells the time of a write in whole seconds, so the same bytes may be written again in the same one, with other metadata. By now that second is over,
 * and there is room for the difference between S3's clock and this one.
 */
const CERTAIN_AFTER_MS = 5_000;

/** The file of a lote, as it is listed. */
export interface ListedLote extends ObjectSummary {
  readonly lote: number;
}

interface Look {
  /** Of its metadata only what is read of them by whoever takes stock. */
  readonly head: ObjectHead;
  /** The longest of the metadata, which is not in `head`. */
  readonly ids: PackedText | undefined;
  readonly modifiedAtMs: number;
}

/**
 * The files of lotes as this process has looked at them. The collector looks at all of them to find out whether a run has settled: what it has looked at
 * while the run went on, it need not look at again at the end.
 */
export class LookedLotes {
  /** The oldest comes first. */
  readonly #looks = new Map<string, Look>();
  readonly #most: number;

  /** @param most the oldest looks make room for the latest */
  constructor(most = MOST_LOOKS) {
    this.#most = most;
  }

  /** Whether what has the listed ETag and time is one and the same write, seen from an instant. */
  static isCertain({ modifiedAt }: ObjectSummary, now: Date): boolean {
    return now.getTime() - modifiedAt.getTime() >= CERTAIN_AFTER_MS;
  }

  /**
   * Remembers a look, if it can be told later whether the file is still the same.
   * @param listed as the file was listed before
   * @param lookedAt an instant after the listing, and before the look: an answer may be on its way for seconds
   */
  add(listed: ObjectSummary, head: ObjectHead, lookedAt: Date): void {
    this.#looks.delete(listed.key);
    if (!LookedLotes.isCertain(listed, lookedAt)) return;
    const { run, ids, work } = head.metadata;
    this.#looks.set(listed.key, {
      head: { ...head, metadata: { ...(run !== undefined && { run }), ...(work !== undefined && { work }) } },
      ids: ids === undefined ? undefined : new PackedText(ids),
      modifiedAtMs: listed.modifiedAt.getTime(),
    });
    const [oldest] = this.#looks.keys();
    if (this.#looks.size > this.#most && oldest !== undefined) this.#looks.delete(oldest);
  }

  /** Whether this process has looked at the file as it is listed. */
  has({ key, etag, modifiedAt }: ObjectSummary): boolean {
    const look = this.#looks.get(key);
    return look?.head.etag === etag && look.modifiedAtMs === modifiedAt.getTime();
  }

  /** @returns undefined where this process has not looked, or where the file was written since */
  find(listed: ObjectSummary): ObjectHead | undefined {
    const look = this.#looks.get(listed.key);
    if (look === undefined || !this.has(listed)) return undefined;
    const { head, ids } = look;
    return ids === undefined ? head : { ...head, metadata: { ...head.metadata, ids: ids.toString() } };
  }
}
