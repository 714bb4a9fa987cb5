import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
// A single module of the package is imported here. The rest is loaded by the command that needs it.
import { SettingsError } from "@lotes/core/read-environment";

// Byte order marks: the first bytes of a file may tell its encoding.
const ENCODINGS = [
  { mark: [0xff, 0xfe], name: "utf-16le" },
  { mark: [0xfe, 0xff], name: "utf-16be" },
] as const;

// A setting in the notation of YAML, of cmd.exe or of PowerShell. Node's parser passes it over, and the default would be taken for what was set.
const NAME = "(?:(?:TMDB|CONSUMER|MIN|MAX|LOTE|REUSE)_[A-Z_]+|GENRES)";
const NOT_SET = new RegExp(`^\\s*(?:(?:export\\s+)?${NAME}\\s*(?::|\\s[^\\s=#])|(?:set\\s+|\\$env:)${NAME}\\s*=)`, "i");

/**
 * Adds what a file of settings says to an environment, which wins over the file. A missing file says nothing. UTF-16 with a byte order
 * mark, as Windows PowerShell's `>` writes it, is read too.
 * @throws {SettingsError} when there is something of that name that can't be read, or a setting in it is written in another notation
 */
export function loadEnvFile(path: string, env: NodeJS.ProcessEnv = process.env): void {
  const bytes = read(path);
  if (bytes === undefined) return;
  const text = decode(path, bytes);
  const index = text.split(/\r?\n/).findIndex((line) => NOT_SET.test(line));
  if (index >= 0) throw new SettingsError(`line ${index + 1} of ${path} sets nothing: write NAME=value`);
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, message: reason } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    const what = code === "EISDIR" ? "it is a directory" : reason;
    const message = `the settings in ${path} can't be read: ${what}; make it a file that you may read, or remove it`;
    throw new SettingsError(message, { cause });
  }
}

function decode(path: string, bytes: Buffer): string {
  const encoding = ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  try {
    // The decoder drops a byte order mark.
    const text = new TextDecoder(encoding?.name ?? "utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
  }
  throw new SettingsError(`the settings in ${path} can't be read: it is not UTF-8 text; save it as UTF-8`);
}
