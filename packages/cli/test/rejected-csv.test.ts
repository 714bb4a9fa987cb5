import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Folder } from "./support/folder.ts";
import { lotesHere } from "./support/in-process.ts";

const GOOD = "tt0000001|1994|Crime|2000000";
const CSVS: [what: string, rows: readonly string[], why: RegExp][] = [
  ["whose every row has a separator too many", [`${GOOD}|`], /1 of 1 rows .* has more .*5 instead of 4/],
  ["of which nothing passes", [], /it has a header and no rows/],
  ["whose votes are no plain numbers", ["tt0000001|1994|Crime|2.000.000"], /numeroVotos "2\.000\.000"/],
  // Beyond where a look at its beginning would end.
  [
    "that is malformed far from its beginning",
    [...Array(9_000).fill(GOOD), ...Array(500).fill("x")],
    /500 of 9,500 rows .* have /,
  ],
];

let folder: Folder;
let csv: string;
beforeEach(() => {
  folder = new Folder();
  csv = join(folder.path, "movies.csv");
});
afterEach(() => folder[Symbol.dispose]());

function write(rows: readonly string[]): void {
  writeFileSync(csv, ["id|anoLancamento|genero|numeroVotos", ...rows, ""].join("\n"));
}

describe.each(CSVS)("a CSV %s", (_, rows, why) => {
  test("is told by a plan to be rejected, which fails", async () => {
    write(rows);
    const { code, stdout } = await lotesHere("plan", csv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^! .* would be rejected: /m) });
    expect(stdout).toMatch(why);
    const document = JSON.parse((await lotesHere("plan", csv, "--json")).stdout);
    expect(document).toMatchObject({ rows: rows.length, rejected: expect.stringMatching(why) });
  });

  test("is refused before it is uploaded, but for --force", async () => {
    write(rows);
    const { code, stdout } = await lotesHere("ingest", csv, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "csv_unusable", message: expect.stringMatching(why) } });
    // There is nothing to upload it to here.
    expect(JSON.parse((await lotesHere("ingest", csv, "--force", "--json")).stdout)).toMatchObject({
      error: { code: "no_target" },
    });
  });
});

test("a plan tells of the rows with numbers that can't be read, as of those that are malformed", async () => {
  write([...Array(198).fill(GOOD), "tt0000001|1994|Crime|20,000", "short"]);
  const { code, stdout } = await lotesHere("plan", csv);
  expect(code).toBe(0);
  expect(stdout).toContain("1 malformed (line 201), 1 with a year or votes that are no number (line 200)");
  expect(JSON.parse((await lotesHere("plan", csv, "--json")).stdout)).toMatchObject({
    malformed: { count: 1, first_lines: [201] },
    unreadable: { count: 1, first_lines: [200] },
    rejected: null,
  });
});
