/** A function under test: does what its event says. */
import { setTimeout as delay } from "node:timers/promises";

export interface ProbeEvent {
  readonly do: "report" | "throw" | "wait" | "exit" | "block";
  readonly ms?: number;
}

export interface ProbeReport {
  /** Invocations this module scope has seen. */
  readonly invocations: number;
  readonly scope: string;
  readonly env: Record<string, string | undefined>;
  readonly functionName: string;
  readonly remainingMs: number;
}

let invocations = 0;
const scope = crypto.randomUUID();

export async function handler(
  event: ProbeEvent,
  context: { functionName: string; getRemainingTimeInMillis(): number },
): Promise<ProbeReport> {
  invocations++;
  process.stdout.write(`invocation ${invocations}\n`);
  if (event.do === "throw") throw new RangeError("told to");
  if (event.do === "exit") process.exit(1);
  if (event.do === "wait") await delay(event.ms);
  // Not even the event loop turns: only a kill ends this.
  if (event.do === "block") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return {
    invocations,
    scope,
    env: { ...process.env },
    functionName: context.functionName,
    remainingMs: context.getRemainingTimeInMillis(),
  };
}
