/** The thread of one execution environment: loads the handler once and runs one event at a time, as Lambda's runtime does. */
import { parentPort, workerData } from "node:worker_threads";
import { type Handler, handleEvent } from "./handle-event.ts";
import { type EnvironmentData, type Invocation, READY } from "./protocol.ts";

const { module } = workerData as EnvironmentData;
const { handler } = (await import(module)) as { handler: Handler };

parentPort?.on("message", async (invocation: Invocation) => {
  parentPort?.postMessage(await handleEvent(handler, invocation));
});
parentPort?.postMessage(READY);
