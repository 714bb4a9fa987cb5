import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { evaluatedStages } from "./support/stages.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("SST's components are installed as the lockfile says, which is that of the version of SST in use", async () => {
  // By then they are installed. pnpm writes the lockfile anew where the packages that SST asks for are others.
  await evaluatedStages();
  expect(read("../../.sst/platform/pnpm-lock.yaml")).toBe(read("../platform/pnpm-lock.yaml"));
});
