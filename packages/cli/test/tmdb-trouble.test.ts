import { TMDB_TROUBLE } from "@lotes/core";
import { expect, test } from "vitest";
import { TmdbTroubles } from "../src/tmdb-trouble.ts";

function line(reason: string, cause: string, run = "one") {
  return { level: "WARN", service: "consumer", message: TMDB_TROUBLE, fields: { reason, cause, run } };
}

test("each kind of trouble is told once in a run, with its cause and what follows", () => {
  const troubles = new TmdbTroubles();
  const refused = line("network", "connect ECONNREFUSED 127.0.0.1:9");
  expect(troubles.lineOf(refused)).toBe(
    "! TMDB can't be reached: connect ECONNREFUSED 127.0.0.1:9; each id is tried again for some 15 s, and then counts as failed",
  );
  expect(troubles.lineOf(refused)).toBeUndefined();
  expect(troubles.lineOf(line("network", "another cause"))).toBeUndefined();
  expect(troubles.lineOf(line("unauthorized", "Invalid API key"))).toBe(
    "! TMDB refuses the token: Invalid API key; set TMDB_TOKEN to a valid token, then replay",
  );
  expect(troubles.lineOf({ ...refused, fields: { ...refused.fields, run: "two" } })).toContain("can't be reached");
});

test("other lines of the log are no trouble with TMDB", () => {
  expect(new TmdbTroubles().lineOf({ ...line("network", ""), message: "lote done" })).toBeUndefined();
});

test("a stranger's words can't write to the terminal", () => {
  const told = new TmdbTroubles().lineOf(line("server_error", "\u001b[2Jall\r\nis well\u0007"));
  expect(told).toContain("answers with errors:  [2Jall is well ;");
});
