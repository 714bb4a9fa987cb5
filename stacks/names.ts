import type { FunctionName } from "@lotes/core/topology";

/** A name that tells stages apart and that people can type: of functions, alarms, the dashboard. */
export function stageName(...parts: string[]): string {
  return [$app.name, $app.stage, ...parts].join("-");
}

/** The name of the Lambda function, which is also in the name of its log group. */
export function functionName(service: FunctionName): string {
  return stageName(service);
}

/** The name of SST's component, in its state and in the names of what it creates. */
export function componentName(service: FunctionName): string {
  return service.charAt(0).toUpperCase() + service.slice(1);
}
