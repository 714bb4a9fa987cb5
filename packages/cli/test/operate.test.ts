import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { facts, movieIds } from "@lotes/core/testing/movie-rows";
import { describe, expect, test } from "vitest";
import { DATE, Operator } from "./support/operator.ts";

const UNKNOWN = "tt7777770";
const KNOWN = movieIds(150);
const IDS = [...KNOWN, UNKNOWN];

describe("what is not asked for again", () => {
  test("is told by reason, and can be chosen by reason, by id or altogether", async () => {
    await using operator = await Operator.start({
      facts: KNOWN.map(facts),
      misbehaviour: [{ ids: [KNOWN[0] ?? ""], answer: { status: 422 } }],
    });
    await operator.startStack();
    await operator.ingest([...KNOWN.slice(0, 5), UNKNOWN]);
    await operator.json("status", "--watch");

    const dry = (...choice: string[]) => operator.json("replay", "--dry-run", ...choice);
    expect(await dry()).toMatchObject({ ids: 1, lotes: 1, sent: false });
    expect(await dry("--all", "--dlq")).toMatchObject({ ids: 2, lotes: 1, dlq: { waiting: 0 } });
    expect(await dry("--id", UNKNOWN, "--reason", "not_found")).toMatchObject({ ids: 1 });

    const { stdout } = await operator.lotes("errors", "--date", DATE);
    expect(stdout).toContain("2 failures of 6 ids on 2026/11/23");
    expect(stdout).toMatch(
      /lote {2}id {9}reason {12}status {2}tries {2}message\n {2}1 {5}tt1000000 {2}invalid_response {2}422/,
    );
    expect(stdout).toContain("not_found 1: TMDB does not know the id;");
    expect(stdout).toContain("The resource you requested could not be found.");
    expect(await operator.json("errors", "--reason", "not_found")).toMatchObject({ entries: [{ imdb_id: UNKNOWN }] });

    // The same through the links of a stage, beside a local stack.
    const linked = await operator.linked("status", "--date", DATE);
    expect(linked).toMatchObject({ code: 0, stderr: "" });
    expect(linked.stdout).toContain("on stage prod\n");
    expect(linked.stdout).toContain("6 ids = 4 stored + 2 failed: every id is accounted for");

    // Somebody has written there by hand.
    await operator.swap("_run.json", "not a run");
    expect(await operator.lotes("status", "--date", DATE)).toMatchObject({
      code: 1,
      stderr: "lotes: RunFileError: _run.json does not hold a run; remove it and drop the CSV again\n",
    });
  });
});

describe("a CSV that can't be used", () => {
  test("is refused before it is uploaded, and by a plan", async () => {
    await using operator = await Operator.start({ facts: [] });
    writeFileSync(join(operator.place.path, "votes.csv"), "id|anoLancamento|genero\ntt0111161|1994|Crime\n");
    for (const command of ["ingest", "plan"]) {
      const { code, stdout, stderr } = await operator.lotes(command, "votes.csv");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^lotes: votes\.csv can't be used: .*numeroVotos.*\n$/);
    }
  });
});

describe("a plan", () => {
  test("tells what a run would be", async () => {
    await using operator = await Operator.start({ facts: [], requestsPerSecond: 40 });
    operator.write("movies.csv", IDS);
    const { code, stdout } = await operator.lotes("plan", "movies.csv", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 151,
      malformed: { count: 0, first_lines: [] },
      ids: 151,
      lotes: 2,
      seconds: 151 / 40,
      usd: expect.closeTo(0.00007, 6),
    });
  });
});

describe("without a stack", () => {
  test.each(["status", "errors", "replay"])("%s says what to start", async (command) => {
    await using operator = await Operator.start({ facts: [] });
    const { code, stderr } = await operator.lotes(command);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lotes: there is no local stack to talk to: start `lotes local`.*\n$/);
  });
});
