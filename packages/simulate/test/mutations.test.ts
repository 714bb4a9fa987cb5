import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { edited } from "../mutations/mutation.ts";
import { MUTATIONS } from "../mutations/mutations.ts";

test.each(MUTATIONS)("can still be broken on purpose, and is code then: $name", ({ edits }) => {
  for (const edit of edits) {
    const source = readFileSync(new URL(`../../${edit.file}`, import.meta.url), "utf8");
    expect(() => stripTypeScriptTypes(edited(edit, source))).not.toThrow();
  }
});
