import { EventEmitter } from "node:events";
import { endWithReaders, readers } from "@lotes/node/readers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InterruptedError, Interruption } from "../src/interruption.ts";

class FakeProcess extends EventEmitter {
  readonly exit = vi.fn();
}

let fake: FakeProcess;
let interruption: Interruption;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeProcess();
  interruption = new Interruption(fake as unknown as NodeJS.Process);
});
afterEach(() => {
  interruption[Symbol.dispose]();
  vi.useRealTimers();
});

describe("a command that puts things in order first", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])("is asked to end by the first %s, and ended by the second, with %i", async (name, exitCode) => {
    const requested = interruption.requested();
    fake.emit(name);
    await requested;
    interruption.throwIfBroken();
    expect(interruption.signal.reason).toBeInstanceOf(InterruptedError);
    expect(interruption.signal.reason).toMatchObject({ exitCode, message: `interrupted by ${name}` });
    // As it comes from the terminal, and once more from pnpm.
    fake.emit(name);
    expect(fake.exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    fake.emit(name);
    expect(fake.exit).toHaveBeenCalledExactlyOnceWith(exitCode);
  });

  test("is ended by a second signal of another kind too", () => {
    fake.emit("SIGTERM");
    vi.advanceTimersByTime(1_000);
    fake.emit("SIGINT");
    expect(fake.exit).toHaveBeenCalledExactlyOnceWith(130);
  });

  test("is asked to end when nobody reads its output, however often that shows", () => {
    endWithReaders("lotes", {
      stdout: new EventEmitter(),
      stderr: Object.assign(new EventEmitter(), { write: vi.fn() }),
      exit: fake.exit,
    });
    readers.emit("gone");
    readers.emit("gone");
    expect(interruption.signal.reason).toMatchObject({ exitCode: 141 });
    expect(fake.exit).not.toHaveBeenCalled();
  });

  test("is asked to end by an exception that nobody caught, which stays the reason", () => {
    const bug = new TypeError("a bug in the drawing of the progress");
    fake.emit("uncaughtException", bug);
    fake.emit("uncaughtException", new Error("what follows from it"));
    expect(interruption.signal.reason).toBe(bug);
    expect(() => interruption.throwIfBroken()).toThrow(bug);
    expect(fake.exit).not.toHaveBeenCalled();
  });

  test("leaves the process as it was when it is done", () => {
    interruption[Symbol.dispose]();
    expect(fake.eventNames()).toEqual([]);
    expect(readers.listenerCount("gone")).toBe(0);
  });
});
