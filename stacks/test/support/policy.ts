import { resourceOf, type StackGraph } from "./stack-graph.ts";

/** One thing a role may do: an action on what matches a pattern. */
export interface Grant {
  readonly action: string;
  /** An ARN in which `*` stands for any characters, as in IAM. */
  readonly resource: string;
}

interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: readonly unknown[];
}

/** Everything a function's role may do. */
export function grantsOf(graph: StackGraph, component: string): Grant[] {
  const { inlinePolicies, managedPolicyArns } = resourceOf(graph, "Role", component) as {
    inlinePolicies: { policy: string }[];
    managedPolicyArns: string[];
  };
  if (managedPolicyArns.length > 0) throw new Error(`${component} has policies of AWS's: ${managedPolicyArns}`);
  const statements = inlinePolicies.flatMap(({ policy }) => JSON.parse(policy).statements as Statement[]);
  return statements.flatMap(({ effect, actions, resources, conditions = [] }) => {
    if (effect !== "Allow" || conditions.length > 0) throw new Error(`${component} has a statement this can't judge`);
    return actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
  });
}

/** Whether a call to S3 or SQS is within the grant. */
export function covers(grant: Grant, call: Grant): boolean {
  const pattern = grant.resource.split("*").map(RegExp.escape).join(".*");
  return grant.action === call.action && new RegExp(`^${pattern}$`).test(call.resource);
}
