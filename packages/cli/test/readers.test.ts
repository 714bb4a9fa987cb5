import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { endWithReaders } from "@lotes/node/readers";
import { describe, expect, test, vi } from "vitest";
import { LOTES } from "./support/cli.ts";

const programOf = (name: string) => fileURLToPath(new URL(`../../${name}/bin/${name}.mjs`, import.meta.url));

/** Runs a command of which one output is closed before it writes anything. */
async function withClosed(closed: "stdout" | "stderr", program: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
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
      withClosed("stdout", LOTES, "--help"),
      withClosed("stdout", LOTES, "sample", "--rows", "20000"),
      withClosed("stderr", LOTES, "no-such-command"),
      withClosed("stdout", programOf("simulate"), "--schedules", "1"),
      withClosed("stdout", programOf("chaos"), "--schedules", "1"),
    ]);
    expect(results).toEqual(results.map(() => ({ code: 141, rest: "" })));
  });

  test("tells in one line of another trouble with its result, and keeps that of its progress to itself", () => {
    const stdout = new EventEmitter();
    const stderr = Object.assign(new EventEmitter(), { write: vi.fn() });
    const exit = vi.fn();
    endWithReaders("lotes", { stdout, stderr, exit });
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
