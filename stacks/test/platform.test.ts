import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { evaluatedStages } from "./support/stages.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("SST's components are installed as the lockfile says, which is that of the version of SST in use", async ({
  skip,
}) => {
  // By then they are installed. pnpm writes the lockfile anew where the packages that SST asks for are others.
  await evaluatedStages();
  const installed = new URL("../../.sst/platform/pnpm-lock.yaml", import.meta.url);
  skip(!existsSync(installed), "a deployment from here has installed them by npm");
  expect(readFileSync(installed, "utf8")).toBe(read("../platform/pnpm-lock.yaml"));
});
