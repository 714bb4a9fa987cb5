import { vi } from "vitest";
import { program, runCommand } from "../../src/program.ts";
import type { CliResult } from "./cli.ts";

/** Runs a command in this process, as `lotes` does in one of its own: one at a time. */
export async function lotesHere(...args: string[]): Promise<CliResult> {
  const stdout = captured(process.stdout);
  const stderr = captured(process.stderr);
  try {
    process.exitCode = (await runCommand(program(), args)) ?? process.exitCode;
  } finally {
    stdout.restore();
    stderr.restore();
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function captured(stream: NodeJS.WriteStream) {
  const chunks: string[] = [];
  const spy = vi.spyOn(stream, "write").mockImplementation((chunk) => {
    chunks.push(String(chunk));
    return true;
  });
  return { text: () => chunks.join(""), restore: () => spy.mockRestore() };
}
