import type { FunctionName } from "@lotes/core/topology";

/** A name that tells stages apart and that people can type: of functions, alarms, the dashboard. */
export function stageName(...parts: string[]): string {
  return [$app.name, $app.stage, ...parts].join("-");
}

/** Of the Lambda function, and in the name of its log group. */
export function functionName(service: FunctionName): string {
  return stageName(service);
}

/** As SST's components are named, in the state and in the names of what they create. */
export function componentName(service: FunctionName): string {
  return service.charAt(0).toUpperCase() + service.slice(1);
}
