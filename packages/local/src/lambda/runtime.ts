/** The thread of one execution environment: loads the handler once and runs one event at a time, as Lambda's runtime does. */
import { parentPort, workerData } from "node:worker_threads";
import { type EnvironmentData, type Invocation, type InvocationResult, READY } from "./protocol.ts";

const { module } = workerData as EnvironmentData;
const { handler } = (await import(module)) as { handler(event: unknown, context: unknown): Promise<unknown> };

function contextOf({ requestId, functionName, deadline }: Invocation) {
  return {
    awsRequestId: requestId,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: "1024",
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function run(invocation: Invocation): Promise<InvocationResult> {
  const { requestId, event } = invocation;
  try {
    return { requestId, result: await handler(event, contextOf(invocation)) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { requestId, error: { name, message } };
  }
}

parentPort?.on("message", async (invocation: Invocation) => {
  parentPort?.postMessage(await run(invocation));
});
parentPort?.postMessage(READY);
