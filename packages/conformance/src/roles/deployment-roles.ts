import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FunctionName } from "@lotes/core";
import { covers, grantsOf } from "@lotes/stacks/testing/policy";
import { evaluateStacks, resourceOf, type StackGraph } from "@lotes/stacks/testing/stack-graph";
import type { Policy } from "./evaluator.ts";
import type { DeployedNames, IamRequest } from "./iam-calls.ts";

const INSTALL_PLATFORM = fileURLToPath(new URL("../../../../stacks/install-platform.mjs", import.meta.url));
const COMPONENTS: Readonly<Record<FunctionName, string>> = {
  producer: "Producer",
  consumer: "Consumer",
  collector: "Collector",
};

interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: readonly { test: string; variable: string; values: readonly string[] }[];
}

/** The graph of a stage `prod`, as `sst deploy` would make it. */
export async function deployedGraph(): Promise<StackGraph> {
  await promisify(execFile)(process.execPath, [INSTALL_PLATFORM]);
  const [graph] = await evaluateStacks([{ stage: "prod", env: {} }]);
  if (graph === undefined || "error" in graph) throw new Error(`the stack can't be evaluated: ${graph?.error}`);
  return graph;
}

export function namesOf(graph: StackGraph): DeployedNames {
  return {
    bucketArn: `arn:aws:s3:::${resourceOf(graph, "Bucket").bucket}`,
    queueArn: (queue) => `arn:aws:sqs:us-east-1:123456789012:${resourceOf(graph, "Queue", queue).name}`,
  };
}

/** The policies of a function's role, as IAM has them. */
export function policiesOf(graph: StackGraph, name: FunctionName): Policy[] {
  const { inlinePolicies } = resourceOf(graph, "Role", COMPONENTS[name]) as { inlinePolicies: { policy: string }[] };
  return inlinePolicies.map(({ policy }) => ({
    Version: "2012-10-17",
    Statement: (JSON.parse(policy).statements as Statement[]).map(
      ({ effect, actions, resources, conditions = [] }) => ({
        Effect: effect,
        Action: actions,
        Resource: resources,
        ...(conditions.length > 0 && { Condition: conditionsOf(conditions) }),
      }),
    ),
  }));
}

function conditionsOf(conditions: NonNullable<Statement["conditions"]>): object {
  return Object.fromEntries(conditions.map(({ test, variable, values }) => [test, { [variable]: values }]));
}

/** The name of a function's role. */
export function roleOf(name: FunctionName): string {
  return `${COMPONENTS[name]}Role`;
}

/** Whether the project's own check of the graph allows it. */
export function ownCheckAllows(graph: StackGraph, name: FunctionName, request: IamRequest): boolean {
  return grantsOf(graph, COMPONENTS[name]).some((grant) => covers(grant, request));
}

/** What the graph sets in a function's environment. */
export function variablesOf(graph: StackGraph, name: FunctionName): Record<string, string> {
  const { environment } = resourceOf(graph, "Function", COMPONENTS[name]) as {
    environment?: { variables?: Record<string, string> };
  };
  return environment?.variables ?? {};
}

/** What Lambda itself calls with a function's role: its log, its event source, and its destination for what failed. */
export function callsOfLambda(graph: StackGraph, name: FunctionName): IamRequest[] {
  const { queueArn } = namesOf(graph);
  const group = resourceOf(graph, "LogGroup", COMPONENTS[name]).name;
  const log = `arn:aws:logs:us-east-1:123456789012:log-group:${group}:log-stream:2026/11/23/[$LATEST]0`;
  const logs = ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({ action, resource: log }));
  if (name === "producer") return [...logs, { action: "sqs:SendMessage", resource: queueArn("ProducerFailures") }];
  const source = queueArn(name === "consumer" ? "LoteQueue" : "DeadLetterQueue");
  const receiving = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
  return [...logs, ...receiving.map((action) => ({ action, resource: source }))];
}
