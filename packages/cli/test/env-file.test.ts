import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "@lotes/core/read-environment";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadEnvFile } from "../src/env-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lotes-"));
  path = join(folder, ".env");
});
afterEach(() => rmSync(folder, { recursive: true }));

function loaded(content: string | Uint8Array, env: Record<string, string> = {}): Record<string, string | undefined> {
  writeFileSync(path, content);
  loadEnvFile(path, env);
  return env;
}

const TEXT = "TMDB_TOKEN=s3cret\r\nGENRES=drama\r\n";
const SETTINGS = { TMDB_TOKEN: "s3cret", GENRES: "drama" };

describe("a file of settings", () => {
  test.each<[string, string | Uint8Array]>([
    ["in UTF-8", TEXT],
    ["with a byte order mark", `\ufeff${TEXT}`],
    ["in UTF-16, little end first", Buffer.from(`\ufeff${TEXT}`, "utf16le")],
    ["in UTF-16, big end first", Buffer.from(`\ufeff${TEXT}`, "utf16le").swap16()],
    ["with a comment, quotes and export", "# mine\nexport TMDB_TOKEN='s3cret'\n GENRES = \"drama\" # or war\n"],
    ["without a line end", "GENRES=drama\nTMDB_TOKEN=s3cret"],
  ])("%s is read", (_, content) => {
    expect(loaded(content)).toEqual(SETTINGS);
  });

  test("says nothing where the environment has its say", () => {
    expect(loaded(TEXT, { TMDB_TOKEN: "mine", GENRES: "" })).toEqual({ TMDB_TOKEN: "mine", GENRES: "" });
  });

  test("may be missing or empty", () => {
    const env = {};
    loadEnvFile(path, env);
    expect(loaded("", env)).toEqual({});
  });
});

describe("a file that can't be read is told in one line that does not show it", () => {
  test.each<[string, Uint8Array]>([
    ["UTF-16 without a mark", Buffer.from(TEXT, "utf16le")],
    ["UTF-16 that is cut off", Buffer.from(`\ufeff${TEXT}`, "utf16le").subarray(0, -1)],
    ["Latin-1", Buffer.from("TMDB_TOKEN=s3cret\nGENRES=ficção\n", "latin1")],
    ["a zipped one", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff])],
  ])("since it is %s", (_, content) => {
    expect(() => loaded(content)).toThrow(SettingsError);
    expect(() => loaded(content)).toThrow(
      /^the settings in [^\n]*\.env can't be read: it is not UTF-8 text; save it as UTF-8$/,
    );
  });

  test.each([
    "TMDB_TOKEN: s3cret",
    "MIN_YEAR : 1990",
    "GENRES drama",
    "set TMDB_TOKEN=s3cret",
    '$env:TMDB_TOKEN="s3cret"',
  ])("since a setting is in another notation: %s", (line) => {
    expect(() => loaded(`A: b\n\nPATHS=TMDB_TOKEN: x\n${line}\n`)).toThrow(SettingsError);
    expect(() => loaded(`A: b\n\nPATHS=TMDB_TOKEN: x\n${line}\n`)).toThrow(
      /^line 4 of [^\n]*\.env sets nothing: write NAME=value$/,
    );
  });

  test("since it is a directory", () => {
    mkdirSync(path);
    expect(() => loadEnvFile(path, {})).toThrow(SettingsError);
    expect(() => loadEnvFile(path, {})).toThrow(/^[^\n]*it is a directory; [^\n]*$/);
  });

  test("since its folder is none", () => {
    writeFileSync(path, "");
    expect(() => loadEnvFile(join(path, ".env"), {})).toThrow(/^[^\n]*ENOTDIR[^\n]*$/);
  });
});
