import type { Log } from "@lotes/core";

/** Runs the work and logs what it throws, which then goes on its way: Powertools' processor only counts it. */
export async function failureLogged(log: Log, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error("the message failed, and will be delivered again", { error });
    throw error;
  }
}
