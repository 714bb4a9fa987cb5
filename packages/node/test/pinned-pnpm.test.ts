import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const PINNED_PNPM = fileURLToPath(new URL("../bin/pinned-pnpm", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "someone's pinned pnpm "));
  mkdirSync(join(folder, "packages/node/bin"), { recursive: true });
  mkdirSync(join(folder, "path"));
  cpSync(PINNED_PNPM, join(folder, "packages/node/bin/pinned-pnpm"));
  writeFileSync(join(folder, "package.json"), '{\n  "packageManager": "pnpm@10.34.9"\n}\n');
  // Nothing else of this machine is on PATH.
  for (const tool of ["dirname", "sed"]) symlinkSync(`/usr/bin/${tool}`, join(folder, "path", tool));
  for (const tool of ["node", "npx"]) {
    const file = join(folder, "path", tool);
    writeFileSync(file, `#!/bin/sh\necho ${tool} "$@"\nexit 3\n`);
    chmodSync(file, 0o755);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

function pinnedPnpm(env: Readonly<Record<string, string>>) {
  const { status, stdout } = spawnSync(join(folder, "packages/node/bin/pinned-pnpm"), ["install", "--silent"], {
    env: { PATH: join(folder, "path"), ...env },
    encoding: "utf8",
  });
  return { status, printed: stdout.trim() };
}

describe("the pnpm that package.json pins", () => {
  test("is the one that runs this, if that is of the version", () => {
    const env = { npm_config_user_agent: "pnpm/10.34.9 npm/? node/v20.20.2 linux x64", npm_execpath: "/a/pnpm.cjs" };
    expect(pinnedPnpm(env)).toEqual({ status: 3, printed: "node /a/pnpm.cjs install --silent" });
  });

  test.each([
    ["another pnpm", { npm_config_user_agent: "pnpm/10.34.90 npm/? node/v20.20.2", npm_execpath: "/a/pnpm.cjs" }],
    ["npm", { npm_config_user_agent: "npm/11.19.1 node/v20.20.2", npm_execpath: "/a/npm-cli.js" }],
    [
      "a pnpm that is no script",
      { npm_config_user_agent: "pnpm/10.34.9 npm/? node/v20.20.2", npm_execpath: "/a/pnpm" },
    ],
    ["no package manager", {}],
  ])("is npx's where %s runs this", (_, env) => {
    expect(pinnedPnpm(env)).toEqual({ status: 3, printed: "npx -y pnpm@10.34.9 install --silent" });
  });
});
