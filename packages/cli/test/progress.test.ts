import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { Account, FailedId } from "@lotes/core";
import { describe, expect, test } from "vitest";
import { Progress } from "../src/progress.ts";

/** A run with so many ids, of which so many are accounted for. */
function account(ids: number, stored: number, failed: number): Account {
  return {
    run: { ids, lotes: Math.ceil(ids / 100), status: "queued", queued_at: new Date(Date.now() - 10_000).toISOString() },
    lotesDone: Math.floor((stored + failed) / 100),
    stored,
    failures: Array.from({ length: failed }, () => ({}) as FailedId),
    malformedMessages: [],
    settled: ids === stored + failed,
  } as unknown as Account;
}

const TO_FIRST_COLUMN = new RegExp(`[\\r\\n]|${"\u001b"}\\[\\d*G`);

class Terminal extends PassThrough {
  readonly isTTY: boolean;
  readonly columns = 80;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  #written = "";

  /** What was written to it, line by line. */
  get lines(): string[] {
    this.#written += String(this.read() ?? "");
    // A bar is drawn over itself: back to the first column, and again.
    return this.#written
      .split(TO_FIRST_COLUMN)
      .map(stripVTControlCharacters)
      .filter((line) => line !== "");
  }
}

describe("on a terminal", () => {
  test("a bar says what is done, what failed, how fast it goes and how long it takes, within the line", async () => {
    const terminal = new Terminal(true);
    const progress = new Progress(40, terminal);
    progress.show(account(172_600, 81_300, 5_000), 86_300);
    // The bar is drawn ten times a second, not whenever it is told something.
    await expect
      .poll(() => terminal.lines.at(-1))
      .toMatch(/lotes 863\/1,726 · ids 86,300\/172,600 · stored 81,300 · failed 5,000 · 8,\d\d\d/);
    progress.end();
    expect(Math.max(...terminal.lines.map((line) => line.length))).toBeLessThanOrEqual(terminal.columns);
  });

  test("the bar fills as ids are accounted for", async () => {
    const terminal = new Terminal(true);
    const progress = new Progress(40, terminal);
    progress.show(account(330, 165, 0), 165);
    const bar = () => terminal.lines.at(-1)?.split(" ")[0] ?? "";
    await expect.poll(bar).toMatch(/^█+░+$/);
    progress.end();
    expect(bar().indexOf("░")).toBe(bar().length / 2);
  });
});

describe("without a terminal", () => {
  test("no more ids are told than there are while a replayed id is stored and still among the failures", () => {
    const log = new Terminal(false);
    new Progress(40, log).show(account(300, 236, 65), 0);
    expect(log.lines).toEqual([expect.stringContaining("ids 300/300 · stored 236 · failed 65")]);
  });

  test("plain lines tell the same, and none is repeated", () => {
    const log = new Terminal(false);
    const progress = new Progress(40, log);
    progress.show(account(330, 0, 0), 0);
    progress.show(account(330, 0, 0), 0);
    progress.note("consumer: trouble");
    progress.end();
    expect(log.lines).toEqual([
      "lotes 0/4 · ids 0/330 · stored 0 · failed 0 · 0 req/s · 9 s left",
      "consumer: trouble",
    ]);
  });
});
