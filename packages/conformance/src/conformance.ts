import { tryBehaviours, type Verdicts } from "./behaviours/all.ts";
import type { Findings } from "./document.ts";
import { deployedGraph, variablesOf } from "./roles/deployment-roles.ts";
import { evaluator } from "./roles/evaluator.ts";
import { judgeRoles, type RoleJudgement } from "./roles/judge-roles.ts";
import { bundles } from "./run/bundles.ts";
import { type Pair, pairName, pairsOf } from "./run/pairs.ts";
import { recordedRun, runInThreads } from "./run/runs.ts";
import { broken, type Came } from "./run/steps.ts";
import { runtimeClient } from "./runtime/runtime-client.ts";
import { type Server, UnavailableError } from "./servers/server.ts";

/** Tells of each step as it is done. */
export type Say = (line: string) => void;

/** What was found, and what could not be tried, a line each. */
export interface Outcome {
  readonly findings: Findings;
  readonly missing: readonly string[];
  /** What is broken of the pipeline's own promises. */
  readonly broken: readonly string[];
}

/** Tries everything on every server that can be had. */
export async function conformance(servers: readonly Server[], say: Say): Promise<Outcome> {
  const at = new Date();
  const missing: string[] = [];
  const available = async <T>(attempt: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      missing.push(error.message);
      say(`! ${error.message}`);
      return undefined;
    }
  };

  const tried: { server: Server; verdicts: Verdicts }[] = [];
  for (const server of servers) {
    const verdicts = await available(() => behavioursOf(server, say));
    if (verdicts) tried.push({ server, verdicts });
  }
  const pairs = pairsOf(tried.map(({ server }) => server));
  await using made = await bundles();
  const runs = new Map<string, Came>();
  for (const pair of pairs) {
    say(`A whole run: ${pairName(pair)}`);
    const came = await runInThreads(pair, made);
    runs.set(pairName(pair), came);
    for (const line of broken(came)) say(`  ! ${line}`);
  }

  // The last keeps versions and is quick.
  const pair = pairs.at(-1);
  const judged = pair && (await asDeployed(pair, made, say, available));
  const wrong = [
    ...[...runs].flatMap(([name, came]) => broken(came).map((line) => `${name}: ${line}`)),
    ...(judged?.underRuntimeClient ? broken(judged.underRuntimeClient.came) : []),
    ...(judged?.roles ?? []).flatMap(brokenIn),
  ];
  const findings = { at, tried, runs, underRuntimeClient: judged?.underRuntimeClient, roles: judged?.roles ?? [] };
  return { findings, missing, broken: wrong };
}

async function behavioursOf(server: Server, say: Say): Promise<Verdicts> {
  say(`${server.name} ${server.version}`);
  await using running = await server.start();
  return await tryBehaviours(running, server.services, (what, verdict) => {
    if ("came" in verdict) say(`  ${verdict.kind}: ${what}: ${verdict.came}`);
  });
}

/** A run under AWS's runtime client, and what the evaluator says of its calls. */
async function asDeployed(
  pair: Pair,
  made: Awaited<ReturnType<typeof bundles>>,
  say: Say,
  available: <T>(attempt: () => Promise<T>) => Promise<T | undefined>,
): Promise<Pick<Findings, "underRuntimeClient" | "roles">> {
  const client = await available(runtimeClient);
  const evaluate = await available(evaluator);
  const graph = await deployedGraph();
  say(`A whole run under ${client ? "AWS's runtime client" : "the local stack's"}: ${pairName(pair)}`);
  const { came, calls } = await recordedRun(pair, made, client, (name) => variablesOf(graph, name));
  for (const line of broken(came)) say(`  ! ${line}`);
  const roles = evaluate ? await judgeRoles(graph, calls, evaluate) : [];
  for (const role of roles) {
    say(`The role of the ${role.name}: ${role.calls} calls`);
    for (const line of brokenIn(role)) say(`  ! ${line}`);
  }
  return { underRuntimeClient: client ? { pair: pairName(pair), came } : undefined, roles };
}

function brokenIn({ name, refused, allowed, disputed }: RoleJudgement): string[] {
  const lines = (what: string, requests: RoleJudgement["refused"]) =>
    requests.map(({ action, resource }) => `the role of the ${name} ${what}: ${action} on ${resource}`);
  return [...lines("refuses", refused), ...lines("allows", allowed), ...lines("is judged differently", disputed)];
}
