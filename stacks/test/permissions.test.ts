import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { grantsOf } from "./support/policy.ts";
import { resourceOf, resourcesOf } from "./support/stack-graph.ts";
import { evaluatedStages, TOLD } from "./support/stages.ts";

const stages = await evaluatedStages();

const COMPONENTS = ["Producer", "Consumer", "Collector"];

/** `told` has a KMS key, and a boundary of its roles. */
describe.each(["dev", "prod", "told"] as const)("in %s", (stage) => {
  const graph = stages[stage];
  const hasKey = stage === "told";
  const bucket = `arn:aws:s3:::${resourceOf(graph, "Bucket").bucket}`;

  /** What a person calls it: the bucket's key, the queue, the log. */
  function inWords(resource: string): string {
    if (resource === bucket) return "the bucket";
    if (resource.startsWith(`${bucket}/`)) return resource.slice(bucket.length + 1);
    if (resource.startsWith("arn:aws:logs:")) return "its own log";
    if (resource === TOLD.KMS_KEY_ARN) return "the key of KMS_KEY_ARN";
    const queue = resourcesOf(graph, "Queue").find(({ inputs }) => resource.endsWith(`:${inputs.name}`));
    return queue?.name.replace(/Queue$/, "") ?? resource;
  }

  test("each function may do what docs/deployment.md says, and nothing else", () => {
    const granted = COMPONENTS.flatMap((component) =>
      grantsOf(graph, component).map(
        ({ action, resource }) => `${component.toLowerCase()} ${action} ${inWords(resource)}`,
      ),
    );
    const expected = documented().filter((line) => hasKey || !line.endsWith("the key of KMS_KEY_ARN"));
    expect(granted.sort()).toEqual(expected.sort());
  });

  test("no function may do everything with anything", () => {
    for (const { action, resource } of COMPONENTS.flatMap((component) => grantsOf(graph, component))) {
      expect(action).toMatch(/^[a-z0-9]+:[A-Z][A-Za-z]+$/);
      expect(resource).toMatch(
        /^arn:aws:(s3:::lotes-|(sqs|logs):us-east-1:123456789012:|kms:us-east-1:123456789012:key\/[\da-f-]+$)/,
      );
    }
  });

  test("there are the functions' roles, which only Lambda may assume, within the boundary that the account asks for", () => {
    const roles = resourcesOf(graph, "Role");
    // The boundary is on all of them, or on none.
    const boundaries = roles.map(({ inputs }) => inputs.permissionsBoundary);
    expect(boundaries).toEqual(Array(3).fill(hasKey ? TOLD.PERMISSIONS_BOUNDARY : undefined));
    expect(roles.map(({ name }) => name).sort()).toEqual(["CollectorRole", "ConsumerRole", "ProducerRole"]);
    for (const { inputs } of roles) {
      expect(inputs.assumeRolePolicy).toMatchObject({
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
      });
    }
  });

  test("a function writes the log that it may write", () => {
    for (const component of COMPONENTS) {
      const group = resourceOf(graph, "LogGroup", component).name;
      expect(grantsOf(graph, component).filter(({ action }) => action.startsWith("logs:"))).toEqual(
        ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({
          action,
          resource: `arn:aws:logs:us-east-1:123456789012:log-group:${group}:*`,
        })),
      );
    }
  });

  test("nobody else is let in anywhere", () => {
    const policies = graph.resources.filter(({ type }) => /policy|permission|url/i.test(type)).map(({ type }) => type);
    // The bucket's and the queues' refuse what comes without TLS; the function's lets S3 call the producer.
    expect(policies.sort()).toEqual([
      "aws:lambda/permission:Permission",
      "aws:s3/bucketPolicy:BucketPolicy",
      ...Array(3).fill("aws:sqs/queuePolicy:QueuePolicy"),
    ]);
  });
});

/** The table of the documentation, a line for each action on each resource. */
function documented(): string[] {
  const page = readFileSync(new URL("../../docs/deployment.md", import.meta.url), "utf8");
  const section = page.slice(page.indexOf("\n## Who may do what\n"));
  const rows = [...section.matchAll(/^\| (producer|consumer|collector) \| (.+) \| (.+) \|$/gm)];
  return rows.flatMap(([, service, actions = "", resource = ""]) =>
    actions.split(", ").map((action) => `${service} ${action.replaceAll("`", "")} ${resource.replaceAll("`", "")}`),
  );
}
