import type { Context } from "aws-lambda";

/**
 * Hands an event to a function and returns what it answers.
 * @param millis what Lambda gives the function
 */
export type Invoke = (service: Service, event: unknown, millis: number) => Promise<unknown>;

export type Service = "producer" | "consumer" | "collector";

/** Calls the handler in this process, as of its source. */
export const invokeSource: Invoke = async (service, event, millis) => {
  const { handler } = (await import(`../../src/${service}.ts`)) as {
    handler(event: unknown, context: Context): Promise<unknown>;
  };
  return handler(event, contextOf(service, millis));
};

function contextOf(functionName: string, millis: number): Context {
  const deadline = Date.now() + millis;
  return {
    functionName,
    awsRequestId: "00000000-0000-0000-0000-000000000000",
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  } as Context;
}
