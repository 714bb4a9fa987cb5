import type { MisbehaviourRule } from "@lotes/local";
import { startThread } from "@lotes/local/start-thread";
import type { TmdbServerOptions } from "@lotes/local/tmdb/tmdb-server";
import type { TimedArrival } from "@lotes/schedules/certain-peak";

export type HostTask =
  | { readonly do: "start"; readonly options: TmdbServerOptions }
  | { readonly do: "misbehave"; readonly server: number; readonly rules: readonly MisbehaviourRule[] }
  | { readonly do: "end"; readonly server: number };

export interface HostReply {
  readonly call: number;
  readonly result: unknown;
}

/** Stand-ins for TMDB, one for each schedule under way, all in a thread of their own so that their clocks are right. */
export class TmdbHost {
  readonly #worker = startThread(new URL("./tmdb-host-thread.ts", import.meta.url), { name: "tmdb" });
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #calls = 0;

  constructor() {
    this.#worker.on("message", ({ call, result }: HostReply) => {
      this.#waiting.get(call)?.(result);
      this.#waiting.delete(call);
    });
  }

  start(options: TmdbServerOptions): Promise<{ server: number; port: number }> {
    return this.#call({ do: "start", options });
  }

  misbehave(server: number, rules: readonly MisbehaviourRule[]): Promise<void> {
    return this.#call({ do: "misbehave", server, rules });
  }

  /** Stops a server and tells what it saw. */
  end(server: number): Promise<readonly TimedArrival[]> {
    return this.#call({ do: "end", server });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #call<T>(task: HostTask): Promise<T> {
    const call = this.#calls++;
    return new Promise((resolve) => {
      this.#waiting.set(call, resolve as (result: unknown) => void);
      this.#worker.postMessage({ call, task });
    });
  }
}
