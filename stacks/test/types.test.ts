import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { evaluatedStages } from "./support/stages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("the stacks' types check, against those of SST's components", async () => {
  // By then the components are installed.
  await evaluatedStages();
  const compiler = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");
  // As the sources' types are checked, in one thread.
  const checked = promisify(execFile)(process.execPath, [compiler, "-p", "stacks", "--singleThreaded"], {
    cwd: root,
    env: { ...process.env, GOMAXPROCS: "1" },
  });
  await expect(checked.catch(({ stdout }) => stdout)).resolves.toMatchObject({ stdout: "" });
});
