/**
 * Puts SST's components and their types under .sst/platform, as `sst deploy` would, without an AWS account and by way of pnpm: what the
 * stacks are checked and tested with. Does nothing when they are there already.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const platform = `${root}.sst/platform/`;
const { version } = JSON.parse(readFileSync(`${root}node_modules/sst/package.json`, "utf8"));

function isInstalled() {
  // SST writes its types last, and so do pnpm (here) and npm (in a deployment) their list of modules: without it an installation was interrupted.
  const lists = [".modules.yaml", ".package-lock.json"].map((name) => `${platform}node_modules/${name}`);
  if (!existsSync(`${platform}config.d.ts`) || !lists.some((list) => existsSync(list))) return false;
  return readFileSync(`${platform}version`, "utf8").trim() === version;
}

if (!isInstalled()) {
  process.stdout.write("Installing SST's components, once; this takes a quarter of a minute\n");
  const { status, stdout, stderr } = spawnSync(`${root}node_modules/.bin/sst`, ["install", "--stage", "test"], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      // The `npm` of that folder, which is pnpm.
      PATH: `${root}stacks/platform:${process.env.PATH}`,
      // Without telemetry, without looking for other versions of the packages in use, and without downloading Bun.
      SST_TELEMETRY_DISABLED: "1",
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_NO_BUN: "1",
    },
  });
  if (status !== 0 || !isInstalled()) {
    process.stderr.write(`SST's components could not be installed:\n${stdout ?? ""}${stderr ?? ""}\n`);
    process.exit(1);
  }
}
