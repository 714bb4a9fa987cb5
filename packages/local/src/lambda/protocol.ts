/** What passes between an execution environment's thread and the service that runs it. */

export interface EnvironmentData {
  /** URL of the module that exports `handler`. */
  readonly module: string;
}

export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  readonly event: unknown;
  /** Milliseconds since the epoch, when the service will kill the thread. */
  readonly deadline: number;
}

/** Sent once, when the handler's module is loaded. */
export const READY = "ready";

export type InvocationResult =
  | { readonly requestId: string; readonly result: unknown }
  | { readonly requestId: string; readonly error: { readonly name: string; readonly message: string } };
