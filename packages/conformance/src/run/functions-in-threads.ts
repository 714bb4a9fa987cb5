import { pathToFileURL } from "node:url";
import { COLLECTOR, CONSUMER, FUNCTIONS, type FunctionLimits, type FunctionName, PRODUCER } from "@lotes/core";
import { LambdaFunction } from "@lotes/local/lambda/lambda-function";

export const LIMITS: Readonly<Record<FunctionName, FunctionLimits>> = {
  producer: PRODUCER,
  consumer: CONSUMER,
  collector: COLLECTOR,
};

/** The bundles in the local stack's execution environments. */
export function functionsInThreads(
  bundles: Readonly<Record<FunctionName, string>>,
  envOf: (name: FunctionName) => Readonly<Record<string, string>>,
): Record<FunctionName, LambdaFunction> {
  const entries = FUNCTIONS.map((name) => [
    name,
    new LambdaFunction({
      name,
      module: pathToFileURL(bundles[name]).href,
      timeoutMs: LIMITS[name].timeoutSeconds * 1_000,
      env: { ...envOf(name), AWS_LAMBDA_FUNCTION_NAME: name },
      onLine: () => {},
    }),
  ]);
  return Object.fromEntries(entries) as Record<FunctionName, LambdaFunction>;
}
