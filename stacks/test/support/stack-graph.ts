import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** A resource as it would be created. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a deployment consists of. */
export interface StackGraph {
  readonly app: { readonly removal: string; readonly protect: boolean; readonly providers: unknown };
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The functions' handlers with what is linked to them. */
  readonly handlers: readonly { readonly handler: string; readonly links: Readonly<Record<string, unknown>> }[];
  readonly resources: readonly Resource[];
  /** The names of those that stay where they are when the stage no longer has them. */
  readonly retained: readonly string[];
}

const EVALUATE = fileURLToPath(new URL("./evaluate-stack.mjs", import.meta.url));

/** How Pulumi marks what must not be shown. */
const SECRET = "4dabf18193072939515e22adb298388d";

/** A deployment to evaluate. */
export interface Evaluation {
  readonly stage: string;
  /** Its settings; nothing of this process's. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a deployment consists of, or the error that stops it. */
export type Evaluated = StackGraph | { readonly error: string };

/**
 * Evaluates sst.config.ts, in a process of its own.
 * @throws with what the process said, when it failed
 */
export async function evaluateStacks(evaluations: readonly Evaluation[]): Promise<Evaluated[]> {
  const child = spawn(process.execPath, [EVALUATE, JSON.stringify(evaluations)], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (status !== 0) throw new Error(`the stacks can't be evaluated: ${stderr}`);
  return JSON.parse(stdout, (_, value) => (value?.[SECRET] ? value.value : value));
}

/** The resources of a type, by its last part: `Bucket`, `Queue`. SST's own components, which only group them, are left out. */
export function resourcesOf({ resources }: StackGraph, type: string): Resource[] {
  return resources.filter((each) => each.type.startsWith("aws:") && each.type.endsWith(`:${type}`));
}

/** The one resource of a type, or the one whose name starts so. */
export function resourceOf(graph: StackGraph, type: string, name = ""): Resource["inputs"] {
  const found = resourcesOf(graph, type).filter((each) => each.name.startsWith(name));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`expected one ${name} ${type}, found ${found.map((each) => each.name).join(", ") || "none"}`);
  }
  return only.inputs;
}
