import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bashScript, suggestions } from "../src/commands/completion.ts";
import { programWithCompletion } from "../src/program.ts";
import { linkTo } from "../src/stage.ts";

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lotes-sst-"));
  environment = { ...process.env };
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  // Variable by variable: SST's module keeps the object itself, and another test file of this process may load it next.
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  rmSync(folder, { recursive: true });
});

/** A program in SST's place. */
function sst(script: string): string {
  const path = join(folder, "sst");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("--stage", () => {
  test("gives the command what `sst shell` gives: links, credentials and region, and none of the user's own", async () => {
    process.env.AWS_PROFILE = "mine";
    const shell = sst(`
      [ "$1 $2 $3 $4" = "shell --stage prod --" ] || exit 9
      shift 4
      echo "SST says hello"
      unset AWS_PROFILE
      export SST_RESOURCE_App='{"name":"lotes","stage":"prod"}' SST_RESOURCE_DataLake='{"name":"lake"}'
      export AWS_REGION=sa-east-1 AWS_ACCESS_KEY_ID=key
      exec "$@"`);
    await linkTo("prod", shell);
    const { SST_RESOURCE_DataLake, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
    expect({ SST_RESOURCE_DataLake, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE }).toEqual({
      SST_RESOURCE_DataLake: '{"name":"lake"}',
      AWS_REGION: "sa-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_PROFILE: undefined,
    });
  });

  test("says in SST's words, in one line, why there are no links", async () => {
    const shell = sst(
      "printf '\\033[31m✕\\033[0m  It looks like you have no AWS credentials\\n   Set them\\n' >&2; exit 1",
    );
    await expect(linkTo("prod", shell)).rejects.toThrow(
      "SST can't tell the links of stage prod: It looks like you have no AWS credentials Set them. Are there AWS credentials? `aws sts get-caller-identity` tells",
    );
  });

  test("says that a stage is not deployed", async () => {
    const shell = sst('shift 4; exec "$@"');
    await expect(linkTo("qa", shell)).rejects.toThrow("stage qa is not deployed: deploy it with");
  });

  test("says that SST is missing", async () => {
    await expect(linkTo("prod", join(folder, "none"))).rejects.toThrow("SST is not installed");
  });
});

describe("completion", () => {
  async function suggested(...words: string[]): Promise<string> {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
    await suggestions(words);
    return lines.join("\n");
  }

  test.each([
    [["st"], "status\t"],
    [["status", "--"], "--watch\t"],
    [["errors", "--reason", ""], "not_found\t"],
  ])("of %j suggests %j", async (words, suggestion) => {
    expect(await suggested(...words)).toContain(suggestion);
  });

  test("leaves to the shell what is a file, and knows the shells that it has a script for", async () => {
    expect(await suggested("plan", "mov")).toBe(":0");
    expect(await suggested("run", "--out", "")).toBe(":0");
    expect(await suggested("completion", "")).toBe("bash\t\nzsh\t\nfish\t\n:4");
  });

  test("in bash calls the program by its path, whatever is in that, and runs nothing of what was typed", () => {
    const launcher = join(folder, "it's a lotes");
    writeFileSync(launcher, "#!/bin/sh\nshift 2\nprintf '<%s>' \"$@\"\nprintf '\\twhat it does\\n:4\\n'\n", {
      mode: 0o755,
    });
    const typed = (words: string) =>
      `COMP_WORDS=(lotes ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); __lotes_complete; echo "\${COMPREPLY[@]}"`;
    const script = [
      // A shell may read it twice, and need not have the package bash-completion.
      ...[bashScript(launcher), bashScript(launcher)],
      typed("errors --reason = net"),
      typed("errors --reason ="),
      typed("explain '$(exit 9)' ''"),
    ].join("\n");
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({
      stdout: "<errors><--reason><net>\n<errors><--reason><>\n<explain><$(exit 9)><>\n",
      stderr: "",
    });
  });

  test.each(["zsh", "fish"])("in %s calls the program by its path in quotes", async (shell) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await programWithCompletion().parseAsync(["completion", shell], { from: "user" });
    expect(log.mock.calls.join("\n")).toContain("/packages/cli/bin/lotes' complete -- ");
  });
});
