/** What lay under a key, from one write of the bucket to another; writes are counted. */
interface State {
  readonly etag: string;
  readonly from: number;
  until: number;
}

interface NamedFile {
  readonly key: string;
  readonly etag: string;
  readonly records: number;
}

/** Judges each manifest at the moment of its writing: whether there was an instant at which all that it names was there. */
export class ManifestJudge {
  /** What was wrong, in sentences. */
  readonly wrong: string[] = [];
  readonly #states = new Map<string, State[]>();
  #writes = 0;

  /**
   * Told of each change of the bucket, once it is made.
   * @param object undefined when the key was removed
   */
  changed(key: string, object: { readonly etag: string; readonly body: string | Buffer } | undefined): void {
    const now = ++this.#writes;
    const states = this.#states.get(key) ?? [];
    this.#states.set(key, states);
    const last = states.at(-1);
    if (last !== undefined && last.until === Number.POSITIVE_INFINITY) last.until = now;
    if (object === undefined) return;
    states.push({ etag: object.etag, from: now, until: Number.POSITIVE_INFINITY });
    if (key.endsWith("/_manifest.json")) this.#judge(key, JSON.parse(String(object.body)));
  }

  #judge(key: string, manifest: Record<string, unknown>): void {
    const files = manifest.files as readonly NamedFile[];
    const ledger = manifest.ledger as NamedFile | null;
    const stored = files.reduce((sum, { records }) => sum + records, 0);
    const counts = [manifest.ids, manifest.stored, manifest.failed] as [number, number, number];
    if (counts[0] !== counts[1] + counts[2] || counts[1] !== stored)
      this.wrong.push(
        `${key} was written too early: ${counts} are its ids, stored and failed, and its files hold ${stored}`,
      );
    const named = [...files, ...(ledger ? [ledger] : [])].map((file) =>
      (this.#states.get(file.key) ?? []).filter(({ etag }) => etag === file.etag),
    );
    const instants = named.flat().map(({ from }) => from);
    const isThere = (instant: number) =>
      named.every((states) => states.some(({ from, until }) => from <= instant && instant < until));
    if (named.length > 0 && !instants.some(isThere))
      this.wrong.push(`${key} names files that never were there together: ${JSON.stringify(files)}`);
  }
}
