import type { Invocation, InvocationResult } from "./protocol.ts";

/** What a function's module exports. */
export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Hands an event to a handler, as Lambda's runtime does. Whatever the handler throws is in the answer. */
export async function handleEvent(handler: Handler, invocation: Invocation): Promise<InvocationResult> {
  const { requestId, event } = invocation;
  try {
    return { requestId, result: await handler(event, contextOf(invocation)) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { requestId, error: { name, message } };
  }
}

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
