import type { MisbehaviourRule } from "./misbehaviour-rule.ts";
import type { TmdbServerOptions } from "./tmdb-server.ts";

/** What the thread is started with. */
export interface ThreadData {
  readonly options: TmdbServerOptions;
  /** The TCP port to listen on. */
  readonly port: number;
}

/** What the thread is asked to do. */
export type Task =
  | { readonly do: "stats" }
  | { readonly do: "arrivals" }
  | { readonly do: "misbehave"; readonly rules: readonly MisbehaviourRule[] }
  | { readonly do: "close" };

/** To the thread; `call` is repeated in the reply. */
export type Call = Task & { readonly call: number };

/** From the thread, one for each call. */
export interface Reply {
  readonly call: number;
  readonly result: unknown;
}
