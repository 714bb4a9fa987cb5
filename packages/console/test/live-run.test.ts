import { describe, expect, test } from "vitest";
import type { LotePart, RunDocument } from "../src/document.ts";
import { LiveRun, type Update } from "../src/live-run.ts";
import { merged } from "../src/page/merged.ts";

const part = (lote: number, open: string[] = []): LotePart => {
  return { lote, records: [], failures: [], messages: [], open, work: null };
};

function document(run: string, left: number, lotes: LotePart[]): RunDocument {
  return { taken_at: String(Math.random()), run: { run, left }, lotes } as unknown as RunDocument;
}

/** A run that is read when the test says so. */
class Script {
  reads = 0;
  readonly waits: number[] = [];
  next: RunDocument | Error = document("a", 1, []);
  #goOn = Promise.withResolvers<void>();
  readonly run = new LiveRun({
    read: async () => {
      this.reads++;
      if (this.next instanceof Error) throw this.next;
      return this.next;
    },
    describe: (error) => (error as Error).message,
    wait: (ms) => {
      this.waits.push(ms);
      return this.#goOn.promise;
    },
  });

  /** Lets the wait between two reads pass, and whatever follows from that. */
  async pass(): Promise<void> {
    const goOn = this.#goOn;
    this.#goOn = Promise.withResolvers();
    goOn.resolve();
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A page that takes what it is sent, at once or when it is told to. */
class Page {
  readonly updates: Update[] = [];
  readonly gone = new AbortController();
  isSlow = false;
  taken = Promise.withResolvers<void>();

  watch({ run }: Script): this {
    run.watch((update) => {
      this.updates.push(update);
      return this.isSlow ? this.taken.promise : Promise.resolve();
    }, this.gone.signal);
    return this;
  }

  /** The lotes in each update. */
  get lotes(): number[][] {
    return this.updates.map((update) => {
      const { lotes = [] } = "document" in update ? update.document : "changes" in update ? update.changes : {};
      return lotes.map(({ lote }) => lote);
    });
  }
}

describe("a run that pages look at", () => {
  test("is told whole at first, then what is new, and nothing when only the time has passed", async () => {
    const script = new Script();
    const [one, two] = [part(1), part(2)];
    script.next = document("a", 1, [one]);
    const page = new Page().watch(script);
    await settled();
    await script.pass();
    script.next = document("a", 1, [one, two]);
    await script.pass();
    script.next = document("a", 1, [one]);
    await script.pass();
    script.next = document("b", 1, [one]);
    await script.pass();
    expect(page.lotes).toEqual([[1], [2], [2], [1]]);
    expect(page.updates.map((update) => Object.keys(update)[0])).toEqual([
      "document",
      "changes",
      "changes",
      "document",
    ]);
    expect(script.waits.every((ms) => ms >= 1_000)).toBe(true);
  });

  test("is told only in the parts that have changed: a long history is sent once", async () => {
    const script = new Script();
    const runs = Array.from({ length: 365 }, (_, day) => ({ date: String(day) })) as unknown as RunDocument["runs"];
    script.next = { ...document("a", 2, [part(1)]), runs };
    const page = new Page().watch(script);
    await settled();
    script.next = { ...document("a", 1, [part(1)]), runs: structuredClone(runs), lotes: script.next.lotes };
    await script.pass();
    const { taken_at, run } = script.next;
    expect(page.updates[1]).toEqual({ changes: { taken_at, run } });
  });

  test("is not read while nobody looks, and once for all who do", async () => {
    const script = new Script();
    const pages = [new Page().watch(script), new Page().watch(script)];
    await settled();
    expect(script.reads).toBe(1);
    expect(pages.map(({ updates }) => updates.length)).toEqual([1, 1]);
    for (const { gone } of pages) gone.abort();
    await script.pass();
    await script.pass();
    expect(script.reads).toBe(1);
    expect(script.run.isWatched).toBe(false);
    const again = new Page().watch(script);
    await settled();
    expect([script.reads, again.updates.length]).toEqual([2, 1]);
  });

  test("does not pile up before a page that takes nothing: it gets the latest once it does", async () => {
    const script = new Script();
    const page = new Page();
    page.isSlow = true;
    page.watch(script);
    await settled();
    for (const lote of [1, 2, 3]) {
      script.next = document("a", 1, [part(lote)]);
      await script.pass();
    }
    expect(page.lotes).toEqual([[]]);
    page.taken.resolve();
    await settled();
    expect(page.lotes).toEqual([[], [3]]);
  });

  test("says why it can't be read, and goes on when it can", async () => {
    const script = new Script();
    script.next = new Error("no region");
    const page = new Page().watch(script);
    await settled();
    script.next = document("a", 0, []);
    await script.pass();
    expect(page.updates).toEqual([{ problem: "no region" }, { document: script.next }]);
  });
});

test("a page puts what is new to what it has", () => {
  const [one, two, newTwo] = [part(1), part(2), part(2, ["tt1"])];
  const before = document("a", 1, [one, two]);
  expect(merged(before, { lotes: [newTwo, part(3)] }).lotes).toEqual([one, newTwo, part(3)]);
  // What did not change stays the same object: nothing is drawn anew for it.
  expect(merged(before, { taken_at: "later" })).toMatchObject({ run: before.run, taken_at: "later" });
  expect(merged(before, { taken_at: "later" }).lotes).toBe(before.lotes);
});
