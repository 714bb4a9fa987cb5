import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MUTATIONS } from "../mutations/mutations.ts";

test.each(MUTATIONS)("can still be broken on purpose: $name", ({ edits }) => {
  for (const { file, from } of edits) {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    expect(source.split(from), `${file} does not hold it once: ${from}`).toHaveLength(2);
  }
});
