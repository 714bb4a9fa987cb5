import { FUNCTIONS, type FunctionName } from "@lotes/core";
import type { StackGraph } from "@lotes/stacks/testing/stack-graph";
import { mustBeDenied } from "./denied.ts";
import { callsOfLambda, namesOf, ownCheckAllows, policiesOf, roleOf } from "./deployment-roles.ts";
import type { Evaluate } from "./evaluator.ts";
import { type IamRequest, iamRequests } from "./iam-calls.ts";
import type { RecordedCall } from "./recording-proxy.ts";

/** What the evaluator said of a function's role. */
export interface RoleJudgement {
  readonly name: FunctionName;
  /** Calls that it made in a run. */
  readonly calls: number;
  /** Different actions on different resources among them, Lambda's own in its name included. */
  readonly requests: number;
  /** What it needs, and its role does not allow. */
  readonly refused: readonly IamRequest[];
  /** How many requests it must be denied. */
  readonly forbidden: number;
  /** Those of them that its role allows. */
  readonly allowed: readonly IamRequest[];
  /** Where the project's own check comes to another result. */
  readonly disputed: readonly IamRequest[];
}

/** Has the evaluator judge all that the functions called in a run, and all that they must not. */
export async function judgeRoles(
  graph: StackGraph,
  calls: readonly RecordedCall[],
  evaluate: Evaluate,
): Promise<RoleJudgement[]> {
  const names = namesOf(graph);
  const judgements: RoleJudgement[] = [];
  for (const name of FUNCTIONS) {
    const own = calls.filter(({ by }) => by === name);
    const made = own.flatMap((call) => iamRequests(call, names));
    const needed = distinct([...made, ...callsOfLambda(graph, name)]);
    const forbidden = mustBeDenied(name, names);
    const policies = policiesOf(graph, name);
    const isAllowed = (request: IamRequest) => evaluate(request, roleOf(name), policies);
    const allowedOf = async (requests: readonly IamRequest[]) => {
      const allowed: IamRequest[] = [];
      for (const request of requests) if (await isAllowed(request)) allowed.push(request);
      return allowed;
    };
    const granted = await allowedOf(needed);
    const allowed = await allowedOf(forbidden);
    judgements.push({
      name,
      calls: own.length,
      requests: needed.length,
      refused: needed.filter((request) => !granted.includes(request)),
      forbidden: forbidden.length,
      allowed,
      disputed: [...needed, ...forbidden].filter(
        (request) => ownCheckAllows(graph, name, request) !== [...granted, ...allowed].includes(request),
      ),
    });
  }
  return judgements;
}

function distinct(requests: readonly IamRequest[]): IamRequest[] {
  return [...new Map(requests.map((request) => [`${request.action} ${request.resource}`, request])).values()];
}
