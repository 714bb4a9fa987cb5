import { THEMES } from "./behaviours/all.ts";
import { EVALUATOR } from "./roles/evaluator.ts";
import type { RoleJudgement } from "./roles/judge-roles.ts";
import { broken, type Came, STEPS, type StepName } from "./run/steps.ts";
import { RUNTIME_CLIENT } from "./runtime/runtime-client.ts";
import { scoreOf, type Tried, table, themeTable } from "./table.ts";

/** All that one run of `conformance` has found. */
export interface Findings {
  /** When it began. */
  readonly at: Date;
  readonly tried: readonly (Tried & { readonly server: { readonly from: string; readonly note?: string } })[];
  /** By the name of their pair of servers. */
  readonly runs: ReadonlyMap<string, Came>;
  /** The run under AWS's runtime client, and where; undefined where that can't be had. */
  readonly underRuntimeClient: { readonly pair: string; readonly came: Came } | undefined;
  readonly roles: readonly RoleJudgement[];
}

/** docs/conformance.md */
export function documentOf(findings: Findings): string {
  return `${[
    INTRODUCTION(findings.at),
    serversTable(findings),
    notes(findings),
    ...THEMES.flatMap((theme) => [`## ${theme.title}`, themeTable(theme, findings.tried)]),
    "## A whole run",
    WHOLE_RUN,
    runsTable(findings.runs),
    "## AWS's own runtime client",
    runtimeClientText(findings.underRuntimeClient),
    "## The functions' roles",
    rolesText(findings.roles),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

const INTRODUCTION = (at: Date) => `# Conformance: other servers than fauxqs

The tests of this project know S3 and SQS by one program, fauxqs. \`npx -y pnpm@10.34.9 conformance\` tries what the pipeline expects of S3 and SQS on other servers too. They are programs of other authors, who have
read the same documents of AWS. It gets each from its registry, and starts it on this machine. Nothing here was tried on AWS itself. LocalStack is not among them: what PyPI has of it (localstack-core 4.14.0) could not be
started with Python 3.11, whose syntax is too old for it.

The command needs python3 for moto, Go for MinIO, Java and Maven for ElasticMQ, and cmake with a compiler for AWS's runtime client. What can't be had is told in a line, and the others are tried. The first time it
takes up to half an hour, most of it to build MinIO and the runtime client; later some ten minutes. It is no part of \`npx -y pnpm@10.34.9 test\`. With \`--write\` it writes this page, if all of it could be had. With \`--only moto\` it tries one server.

This page is of ${at.toISOString().slice(0, 10)}. Each behaviour is tried by the product's own adapters (\`packages/aws\`) where they do such a thing, and by a plain client of AWS's SDK elsewhere. "AWS" is what AWS's documents say, and where. ✓ is just that. All else
is what came instead.`;

const WHOLE_RUN = `The three functions as they are deployed, with the commands that an operator has: \`ingest\`, a lote whose consumer dies five times, a redrive of all that is in the DeadLetterQueue while no collector runs, \`status --watch\`,
\`replay --watch\`, and \`ingest --watch\` of a later upload for the same date with \`REUSE_HOURS=24\`. TMDB's stand-in does not know 10 of the 120 ids, and answers 5 with an error until the replay. S3's events are the server's own. The manifest is read as the next step of a
pipeline would: each file that it names, by its version where it has one.`;

function serversTable({ tried, runs }: Findings): string {
  const rows = tried.map((each) => {
    const { name, version, from, services } = each.server;
    const score = (service: "s3" | "sqs") => (services.includes(service) ? scoreOf(service, THEMES, each) : "-");
    const own = [...runs].filter(([pair]) => pair.split(" + ").includes(name));
    const isWhole = own.length > 0 && own.every(([, came]) => broken(came).length === 0);
    return [name, version, from, score("s3"), score("sqs"), isWhole ? "✓" : "see below"];
  });
  return table(["server", "version", "from", "S3 as documented", "SQS as documented", "a whole run"], rows);
}

function notes({ tried }: Findings): string {
  return tried.flatMap(({ server: { name, note } }) => (note ? [`- **${name}**: ${note}`] : [])).join("\n");
}

function runsTable(runs: Findings["runs"]): string {
  const steps = Object.entries(STEPS) as [StepName, string | undefined][];
  const rows = steps.map(([step, expected]) => [
    step,
    expected ?? "",
    ...[...runs.values()].map((came) => (came[step] === expected ? "✓" : (came[step] ?? "not reached"))),
  ]);
  return table(["step", "must be", ...runs.keys()], rows);
}

function runtimeClientText(run: Findings["underRuntimeClient"]): string {
  if (run === undefined) return `${RUNTIME_CLIENT.name} could not be had.`;
  const wrong = broken(run.came);
  return `Lambda runs a function by its runtime client, which asks the Runtime API for events and posts the answers. The same whole run over ${run.pair}, with \`${RUNTIME_CLIENT.name}\` ${RUNTIME_CLIENT.version} of npm around each bundle and a Runtime API of ours:
${wrong.length === 0 ? "all as above." : wrong.join("; ")}`;
}

function rolesText(roles: readonly RoleJudgement[]): string {
  const list = (requests: RoleJudgement["refused"]) =>
    requests.length === 0 ? "none" : requests.map(({ action, resource }) => `${action} on ${resource}`).join("; ");
  const rows = roles.map(({ name, calls, requests, refused, forbidden, allowed, disputed }) => [
    name,
    String(calls),
    String(requests),
    list(refused),
    String(forbidden),
    list(allowed),
    list(disputed),
  ]);
  return `\`stacks/test\` judges the functions' roles by a check of its own. Here \`${EVALUATOR.name}\` ${EVALUATOR.version} judges them: an evaluator of IAM policies by other authors, under the AGPL, so it is run from a folder of its own and nothing depends on it.
It is asked for each call that the functions made in the run under the runtime client, on the resources of a stage \`prod\`; for what Lambda itself does in their names; and for a list of what they must not do. A write or removal with a condition on an ETag
needs the permission to read the object as well.

${table(["function", "calls", "different ones", "needed, and not allowed", "must not be allowed", "of these allowed", "the project's own check differs"], rows)}`;
}
