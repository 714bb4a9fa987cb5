import { setTimeout as delay } from "node:timers/promises";
import type { LotePart, RunDocument } from "./document.ts";

/** What a page is sent: a document of which it has the other lotes already, or why there is none. */
export type Update = { readonly document: RunDocument; readonly isWhole: boolean } | { readonly problem: string };

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
  #sentRest = "";
  #run: string | undefined;
  #isFirst = true;
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

  /** The document with the lotes that the page does not have yet; undefined when nothing has changed but the time. */
  #newOf(document: RunDocument): Update | undefined {
    const isWhole = this.#isFirst || document.run?.run !== this.#run;
    if (isWhole) this.#sent.clear();
    const lotes = document.lotes.filter((part) => this.#sent.get(part.lote) !== part);
    const here = new Set(document.lotes.map(({ lote }) => lote));
    const gone = [...this.#sent.keys()].filter((lote) => !here.has(lote)).map(emptyPart);
    const rest = JSON.stringify({ ...document, taken_at: "", lotes: [] });
    if (!isWhole && rest === this.#sentRest && lotes.length + gone.length === 0) return undefined;
    this.#isFirst = false;
    this.#run = document.run?.run;
    this.#sentRest = rest;
    this.#sent = new Map(document.lotes.map((part) => [part.lote, part]));
    return { document: { ...document, lotes: [...lotes, ...gone] }, isWhole };
  }
}

/** Of a lote of which nothing is there any more: its failures were taken out, and its file is not there yet. */
function emptyPart(lote: number): LotePart {
  return { lote, records: [], failures: [], messages: [], open: [], work: null };
}
