import { EditedFileError, LedgerError, LoteFileError, RunFileError, SettingsError } from "@lotes/core";
import { PortInUseError } from "@lotes/local";
import { describe, expect, test, vi } from "vitest";
import { tellFailure } from "../src/failure.ts";
import { csvRejected, noRun, UsageError, UserError } from "../src/user-error.ts";
import { lotesHere } from "./support/in-process.ts";

const portInUse = PortInUseError.from(Object.assign(new Error("listen"), { code: "EADDRINUSE" }), 4566);
const s3Error = Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: {} });

/** What a command that fails so prints with `--json`, and how it ends. */
function told(error: unknown, ...options: string[]) {
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const code = tellFailure(error, ["status", "--json", ...options]);
  const documents = stdout.mock.calls.map(([text]) => JSON.parse(String(text)));
  const lines = stderr.mock.calls.map(([text]) => String(text)).join("");
  stdout.mockRestore();
  stderr.mockRestore();
  return { code, documents, lines };
}

describe("a failure with --json is one document with a code", () => {
  test.each<[string, unknown, string, number]>([
    ["what the user can put right", new UserError("no such file", { code: "no_such_file" }), "no_such_file", 1],
    ["something without a code of its own", new UserError("it can't be done"), "failed", 1],
    ["wrong usage", new UsageError("--strict needs --watch"), "wrong_usage", 2],
    ["a wrong setting", new SettingsError("LOTE_SIZE must be a whole number"), "wrong_setting", 2],
    ["a port in use", portInUse, "port_in_use", 1],
    ["a run that is none", new RunFileError("_run.json does not hold a run"), "unreadable_file", 1],
    ["a ledger that is none", new LedgerError("erros_geral.json holds a line"), "unreadable_file", 1],
    ["a lote that is none", new LoteFileError("the lote's file holds a line"), "unreadable_file", 1],
    [
      "another file that was edited",
      new (class extends EditedFileError {})("the file holds a line"),
      "unreadable_file",
      1,
    ],
    ["an answer of AWS's", s3Error, "aws", 1],
    ["credentials that are missing", Object.assign(new Error("none"), { name: "CredentialsProviderError" }), "aws", 1],
    ["a bug", new TypeError("undefined is not a function"), "bug", 1],
    ["a bug that throws no error", "nonsense", "bug", 1],
  ])("%s", (_, error, code, exitCode) => {
    const { code: ended, documents, lines } = told(error);
    expect(documents).toEqual([{ error: { code, message: expect.any(String) } }]);
    expect(ended).toBe(exitCode);
    // People read it on stderr all the same.
    expect(lines).toMatch(/^lotes: ./);
  });

  test("and with what else there is to say", () => {
    const misplaced = { code: "misplaced_csv", message: "a CSV lies elsewhere" } as const;
    const { documents, lines } = told(noRun("2026/11/23", "stage prod", [misplaced]));
    expect(documents).toMatchObject([{ error: { code: "no_run" }, troubles: [misplaced] }]);
    expect(lines).toMatch(/^lotes: there is no run of 2026\/11\/23 on stage prod.*\n! a CSV lies elsewhere\n$/);
  });

  test("and the stack of a bug is for people only", () => {
    const { documents, lines } = told(new TypeError("undefined is not a function"));
    expect(documents).toEqual([{ error: { code: "bug", message: "TypeError: undefined is not a function" } }]);
    expect(lines).toMatch(/^lotes: TypeError: undefined is not a function\n {4}at [^\n]*failure\.test\.ts/);
  });
});

test("a rejected CSV exits with 1, and with 3 when that is asked for", () => {
  expect(told(csvRejected("it is empty"))).toMatchObject({ code: 1, documents: [{ error: { code: "csv_rejected" } }] });
  expect(told(csvRejected("it is empty"), "--strict").code).toBe(3);
});

describe("wrong usage with --json is a document too", () => {
  test.each([
    [["status", "--fast"], "unknown option '--fast'"],
    [["fly"], "unknown command 'fly'"],
    [["status", "--date", "2026/02/30"], "yyyy/mm/dd"],
    [["plan"], "missing required argument"],
    [["errors", "--reason", "bad luck"], "Allowed choices are"],
    [["replay", "--strict"], "--strict needs --watch"],
    [["ingest", "movies.csv", "--strict"], "--strict needs --watch"],
  ])("%j", async (args, words) => {
    const { code, stdout } = await lotesHere(...args, "--json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "wrong_usage", message: expect.stringContaining(words) } });
  });
});

test("--version tells the package's version and Node's", async () => {
  const { code, stdout } = await lotesHere("--version");
  expect({ code, stdout }).toEqual({ code: 0, stdout: `lotes 0.1.0, Node ${process.version}\n` });
});
