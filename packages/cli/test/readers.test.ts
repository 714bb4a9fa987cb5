import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { endWithReaders } from "../src/readers.ts";
import { LOTES } from "./support/cli.ts";

/** Runs a command of which one output is closed before it writes anything. */
async function withClosed(closed: "stdout" | "stderr", ...args: string[]) {
  const child = spawn(process.execPath, [LOTES, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child[closed].destroy();
  const [rest, [code]] = await Promise.all([
    text(closed === "stdout" ? child.stderr : child.stdout),
    once(child, "close"),
  ]);
  return { code, rest };
}

describe("a command whose output is closed early", () => {
  test("ends quietly, as SIGPIPE ends other programs", async () => {
    const results = await Promise.all([
      withClosed("stdout", "--help"),
      withClosed("stdout", "sample", "--rows", "20000"),
      withClosed("stderr", "no-such-command"),
    ]);
    expect(results).toEqual(Array(3).fill({ code: 141, rest: "" }));
  });

  test("tells in one line of another trouble with its result, and keeps that of its progress to itself", () => {
    const stdout = new EventEmitter();
    const stderr = Object.assign(new EventEmitter(), { write: vi.fn() });
    const exit = vi.fn();
    endWithReaders({ stdout, stderr, exit });
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    stderr.emit("error", full);
    expect(exit).not.toHaveBeenCalled();
    stdout.emit("error", full);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(stderr.write).toHaveBeenCalledExactlyOnceWith(
      "lotes: the output can't be written: ENOSPC: no space left on device, write\n",
    );
  });
});
