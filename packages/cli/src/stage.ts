import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { note } from "./output.ts";
import { UserError } from "./user-error.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SST = `${ROOT}node_modules/.bin/sst`;

/** What SST sets for a command: its links, and the credentials and region it has found. */
const FAMILIES = /^(SST|AWS)_/;

// SST writes words of its own to stdout as well.
const MARK = "lotes-links ";
const PRINT_ENVIRONMENT = `console.log(${JSON.stringify(MARK)} + JSON.stringify(process.env))`;

// The links of all resources: some kilobytes.
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Makes this process one that `sst shell` has started for the stage: with its links, its credentials and its region.
 * @param sst the program, for tests
 * @throws {UserError} when SST has no links of the stage, in SST's words
 */
export async function linkTo(stage: string, sst = SST): Promise<void> {
  note(`Asking SST for the links of stage ${stage}`);
  const links = await linksOf(stage, sst);
  if (links.SST_RESOURCE_DataLake === undefined && links.SST_RESOURCES_JSON === undefined) {
    throw new UserError(
      `stage ${stage} is not deployed: deploy it with \`npx -y pnpm@10.34.9 sst deploy --stage ${stage}\``,
      { code: "no_target" },
    );
  }
  for (const name of Object.keys(process.env)) if (FAMILIES.test(name)) delete process.env[name];
  for (const [name, value] of Object.entries(links)) if (FAMILIES.test(name)) process.env[name] = value;
}

async function linksOf(stage: string, sst: string): Promise<Record<string, string>> {
  const args = ["shell", "--stage", stage, "--", process.execPath, "--eval", PRINT_ENVIRONMENT];
  const { stdout, stderr } = await promisify(execFile)(sst, args, { cwd: ROOT, maxBuffer: MOST_OUTPUT_BYTES }).catch(
    (cause: NodeJS.ErrnoException & { stdout: string; stderr: string }) => {
      if (cause.code === "ENOENT") {
        throw new UserError("SST is not installed: install it with `npx -y pnpm@10.34.9 install`", {
          code: "no_target",
          cause,
        });
      }
      throw refused(stage, `${cause.stdout}\n${cause.stderr}`, cause);
    },
  );
  const line = stdout.split("\n").find((each) => each.startsWith(MARK));
  if (line === undefined) throw refused(stage, `${stdout}\n${stderr}`);
  return JSON.parse(line.slice(MARK.length));
}

/** SST tells of a failure in a line or two, after a cross. */
function refused(stage: string, output: string, cause?: Error): UserError {
  const words = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.replace(/^[\s✕×]+/, "").trim())
    .filter((line) => line !== "" && !/^posthog /.test(line));
  return new UserError(
    `SST can't tell the links of stage ${stage}: ${words.join(" ") || "it said nothing"}. Are there AWS credentials? \`aws sts get-caller-identity\` tells`,
    { code: "no_target", cause },
  );
}
