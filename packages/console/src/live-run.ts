import { setTimeout as delay } from "node:timers/promises";
import type { LotePart, RunDocument } from "./document.ts";

/** What a page is sent: a document, then only those parts of it and those lotes that have changed since; or why there is none. */
export type Update =
  | { readonly document: RunDocument }
  | { readonly changes: Partial<RunDocument> }
  | { readonly problem: string };

export interface LiveRunOptions {
  readonly read: () => Promise<RunDocument>;
  /** Why it can't be read, in one line. */
  readonly describe: (error: unknown) => string;
  /** Lets so many milliseconds pass. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Sends an update to a page. The promise lasts until the page has taken it. */
type Send = (update: Update) => Promise<void>;

// At most one update a second.
const AT_WORK_MS = 1_000;
// A run that has settled changes when somebody drops a CSV or replays.
const AT_REST_MS = 2_000;

/** Reads a date's run again and again for as long as pages look at it, and sends each page what is new to it. */
export class LiveRun {
  readonly #options: Required<LiveRunOptions>;
  readonly #watchers = new Set<Watcher>();
  #isReading = false;
  #latest: RunDocument | { readonly problem: string } | undefined;

  constructor(options: LiveRunOptions) {
    this.#options = { wait: delay, ...options };
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Sends updates until `signal` is aborted. */
  watch(send: Send, signal: AbortSignal): void {
    if (signal.aborted) return;
    const watcher = new Watcher(send);
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => this.#watchers.delete(watcher), { once: true });
    if (this.#isReading && this.#latest) watcher.offer(this.#latest);
    else if (!this.#isReading) void this.#readOn();
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    while (this.isWatched) {
      this.#latest = await this.#options.read().catch((error) => ({ problem: this.#options.describe(error) }));
      for (const watcher of this.#watchers) watcher.offer(this.#latest);
      await this.#options.wait(isAtRest(this.#latest) ? AT_REST_MS : AT_WORK_MS);
    }
    this.#isReading = false;
  }
}

function isAtRest(latest: RunDocument | { readonly problem: string }): boolean {
  return "problem" in latest || latest.run === null || latest.run.left === 0;
}

/** A page. It gets the latest that there is once it has taken the one before: a page that is slow misses some, and nothing piles up. */
class Watcher {
  readonly #send: Send;
  #sent = new Map<number, LotePart>();
  /** The other parts of the document that was sent last, as JSON; empty before the first. */
  #sentParts = new Map<string, string>();
  #run: string | undefined;
  #next: RunDocument | { readonly problem: string } | undefined;
  #isSending = false;

  constructor(send: Send) {
    this.#send = send;
  }

  offer(latest: RunDocument | { readonly problem: string }): void {
    this.#next = latest;
    if (!this.#isSending) void this.#sendOn();
  }

  async #sendOn(): Promise<void> {
    this.#isSending = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const update = "problem" in next ? next : this.#newOf(next);
      // A page that has gone takes nothing any more.
      if (update) await this.#send(update).catch(() => {});
    }
    this.#isSending = false;
  }

  #take() {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  /** What is new to the page; undefined when nothing has changed but the time. */
  #newOf(document: RunDocument): Update | undefined {
    const { taken_at, lotes, ...rest } = document;
    const isWhole = this.#sentParts.size === 0 || document.run?.run !== this.#run;
    const before = this.#sent;
    const sentParts = this.#sentParts;
    this.#run = document.run?.run;
    this.#sent = new Map(lotes.map((part) => [part.lote, part]));
    this.#sentParts = new Map(Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]));
    if (isWhole) return { document };
    const changed = lotes.filter((part) => before.get(part.lote) !== part);
    const gone = [...before.keys()].filter((lote) => !this.#sent.has(lote)).map(emptyPart);
    const news = [...changed, ...gone];
    const parts = Object.entries(rest).filter(([name]) => this.#sentParts.get(name) !== sentParts.get(name));
    if (parts.length + news.length === 0) return undefined;
    return { changes: { taken_at, ...Object.fromEntries(parts), ...(news.length > 0 && { lotes: news }) } };
  }
}

/** Of a lote of which nothing is there any more: its failures were taken out, and its file is not there yet. */
function emptyPart(lote: number): LotePart {
  return { lote, records: [], failures: [], messages: [], open: [], work: null };
}
