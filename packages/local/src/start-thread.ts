import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a thread that loads its modules as they were compiled the last time.
 * @param module URL of what it runs
 */
export function startThread(module: URL, options: WorkerOptions): Worker {
  return new Worker(new URL("./thread-entry.mjs", import.meta.url), { ...options, argv: [module.href] });
}
