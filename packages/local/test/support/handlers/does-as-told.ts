import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

const environment = randomUUID();
let invocations = 0;
let running = 0;

const ACTS: Readonly<Record<string, () => unknown>> = {
  "take a moment": () => delay(20),
  "throw where nobody catches"() {
    setTimeout(() => {
      throw new TypeError("as told");
    });
    return delay(60_000);
  },
  "leave a rejection to nobody"() {
    void Promise.reject(new TypeError("as told"));
    return delay(60_000);
  },
  "exit the process": () => process.exit(1),
  "exit the process once it has answered"() {
    setTimeout(() => process.exit(1));
  },
};

/** Does as the event says, and tells which environment did, how often that was invoked, and how much of it runs right now. */
export async function handler({ act }: { readonly act: string }) {
  const invocation = ++invocations;
  running++;
  try {
    await ACTS[act]?.();
    return { environment, invocation, running };
  } finally {
    running--;
  }
}
