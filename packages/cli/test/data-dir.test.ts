import { DataDirError } from "@lotes/local/data-dir-error";
import { expect, test } from "vitest";
import { inDataDir } from "../src/data-dir.ts";

test("a state that can't be read is told in one line with what to do", async () => {
  const work = inDataDir(() => Promise.reject(new DataDirError(".lotes/local can't be used: file is not a database")));
  await expect(work).rejects.toMatchObject({
    code: "outside",
    message: expect.stringMatching(
      /^\.lotes\/local can't be used: file is not a database; start in [^\n]* move this one away[^\n]*$/,
    ),
  });
});
