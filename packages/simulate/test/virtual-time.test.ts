import { describe, expect, test } from "vitest";
import { Process } from "../src/process.ts";
import { VirtualTime } from "../src/virtual-time.ts";

const NEVER = new Promise<void>(() => {});
const MANY = 1_000;

function processIn(time: VirtualTime): Process {
  return new Process({ name: "consumer 1", time, clockAheadMs: () => 0, random: () => 0 });
}

describe("virtual time", () => {
  test("goes from one thing to the next, and what was planned first happens first", async () => {
    const time = new VirtualTime();
    const happened: string[] = [];
    const note = (what: string) => () => happened.push(`${what} at ${time.now}`);
    time.after(3_600_000, note("late"));
    time.after(5, note("first"));
    time.after(5, note("second"));
    time.cancel(time.after(6, note("cancelled")));
    await time.run(NEVER, MANY);
    expect(happened).toEqual(["first at 5", "second at 5", "late at 3600000"]);
  });

  test("stands still until all that something has led to has happened too", async () => {
    const time = new VirtualTime();
    const seen: number[] = [];
    time.after(1, () => {
      void (async () => {
        for (let nth = 0; nth < 100; nth++) await new Promise<void>((resolve) => process.nextTick(resolve));
        seen.push(time.now);
      })();
    });
    time.after(2, () => seen.push(time.now));
    await time.run(NEVER, MANY);
    expect(seen).toEqual([1, 2]);
  });

  test("ends with the work, and with what would never end", async () => {
    const time = new VirtualTime();
    const again = () => void time.after(1, again);
    again();
    await time.run(time.sleep(10), MANY);
    expect(time.now).toBe(10);
    await time.run(NEVER, MANY);
    expect(time.happened).toBe(MANY);
  });
});

describe("a process", () => {
  test("that is frozen does what fell due when it goes on, in order", async () => {
    const time = new VirtualTime();
    const frozen = processIn(time);
    const happened: string[] = [];
    time.after(1, () => frozen.freeze());
    time.after(2, () => happened.push(`first at ${time.now}`), frozen);
    time.after(3, () => happened.push(`second at ${time.now}`), frozen);
    time.after(10, () => frozen.thaw());
    await time.run(NEVER, MANY);
    expect(happened).toEqual(["first at 10", "second at 10"]);
    expect(frozen.awakeMs).toBe(1);
  });

  test("that is dead does nothing more", async () => {
    const time = new VirtualTime();
    const dead = processIn(time);
    const happened: string[] = [];
    time.after(1, () => dead.die());
    time.after(2, () => happened.push("after its death"), dead);
    await time.run(NEVER, MANY);
    expect(happened).toEqual([]);
  });
});
