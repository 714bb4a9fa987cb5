import path from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "../servers/programs.ts";
import { required, toolFolder } from "../servers/tools.ts";
import type { IamRequest } from "./iam-calls.ts";

/** Its licence is the AGPL: it judges from outside, and nothing of the project depends on it. */
export const EVALUATOR = { name: "@cloud-copilot/iam-simulate", version: "0.1.173" } as const;

export const ACCOUNT = "123456789012";

/** A policy as IAM has it. */
export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly object[];
}

/** Says whether a role may do what is asked for. */
export type Evaluate = (request: IamRequest, role: string, policies: readonly Policy[]) => Promise<boolean>;

interface Simulator {
  runSimulation(
    simulation: object,
    options: object,
  ): Promise<
    | { readonly resultType: "error"; readonly errors: { readonly message: string } }
    | { readonly resultType: "single"; readonly overallResult: string }
    | { readonly resultType: "wildcard"; readonly overallResult: string }
  >;
}

/** The evaluator could not judge a request. */
export class EvaluatorError extends Error {
  override readonly name = "EvaluatorError";
}

const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/**
 * Gets the evaluator from npm.
 * @throws {UnavailableError}
 */
export async function evaluator(): Promise<Evaluate> {
  const { name, version } = EVALUATOR;
  const npm = required("npm", name);
  const folder = await toolFolder(`iam-simulate-${version}`, (part) =>
    run(npm, ["install", "--prefix", part, "--no-audit", "--no-fund", `${name}@${version}`]),
  );
  const module = pathToFileURL(path.join(folder, "node_modules", name, "dist/esm/index.js")).href;
  const { runSimulation }: Simulator = await import(module);
  return async ({ action, resource }, role, policies) => {
    const result = await runSimulation(
      {
        request: {
          principal: `arn:aws:iam::${ACCOUNT}:role/${role}`,
          action,
          resource: { resource, accountId: ACCOUNT },
          contextVariables: { "aws:SecureTransport": "true" },
        },
        identityPolicies: policies.map((policy, nth) => ({ name: `${role}-${nth}`, policy })),
        serviceControlPolicies: [{ orgIdentifier: "ou-0", policies: [{ name: "all", policy: EVERYTHING }] }],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === "error") {
      throw new EvaluatorError(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
    }
    return result.overallResult === "Allowed";
  };
}
