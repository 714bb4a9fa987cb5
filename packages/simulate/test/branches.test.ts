import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { branchLines, untakenInAll } from "../src/branches.ts";

test("what ran in one thread is no branch that was never taken", () => {
  const [a, b] = ["file:///a.ts", "file:///b.ts"];
  const one = [
    { file: a, from: 10, to: 30 },
    { file: b, from: 0, to: 5 },
  ];
  const other = [
    { file: a, from: 0, to: 12 },
    { file: a, from: 20, to: 40 },
  ];
  expect(untakenInAll([one])).toEqual(one);
  expect(untakenInAll([one, other])).toEqual([
    { file: a, from: 10, to: 12 },
    { file: a, from: 20, to: 30 },
  ]);
});

test("a branch is told by its file, its line and how it begins, and brackets alone are none", () => {
  const { href } = new URL("../../core/src/stages/finish.ts", import.meta.url);
  const source = readFileSync(new URL(href), "utf8");
  const from = source.indexOf(" return;\n");
  const line = source.slice(0, from).split("\n").length;
  const end = source.indexOf("}\n", from);
  expect(
    branchLines([
      { file: href, from, to: from + 8 },
      { file: href, from: end, to: end + 2 },
    ]),
  ).toEqual([`packages/core/src/stages/finish.ts:${line}  return;`]);
});
