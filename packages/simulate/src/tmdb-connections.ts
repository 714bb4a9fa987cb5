import type { Answer } from "@lotes/local/tmdb/answer";
import type { Attempt } from "@lotes/schedules/evidence";
import { completed } from "@lotes/tmdb/answer-body";
import {
  type AxiosAdapter,
  AxiosError,
  type AxiosResponse,
  CanceledError,
  type InternalAxiosRequestConfig,
} from "axios";
import type { Process } from "./process.ts";
import { connectionReset } from "./service-calls.ts";
import type { SimulatedTmdb } from "./simulated-tmdb.ts";
import type { Simulation } from "./simulation.ts";
import type { Troubles } from "./troubles.ts";

const LONG_PAUSE_MS = 60_000;
const STEP = "the consumer asks TMDB";
const CALL = { service: "tmdb", does: "asks TMDB" } as const;
// After the token was changed, environments that are warm have the old one: in one schedule of so many, every other environment.
const TOKEN_CHANGED_ONE_IN = 3;
const OLD_TOKEN_ONE_IN = 2;

/** The connections of one process to TMDB, in the place of Node's HTTP. */
export class TmdbConnections {
  readonly attempts: Attempt[];
  /** Whether TMDB has asked the process for a pause that is longer than any function's time. */
  isHeldUp = false;
  /** Whether TMDB refuses the token of the process. */
  readonly hasOldToken: boolean;
  readonly #process: Process;
  readonly #tmdb: SimulatedTmdb;
  readonly #simulation: Simulation;
  readonly #troubles: Troubles;
  #idle = 0;
  /** Idle ones that are closed at the other end, which the process has not noticed yet. */
  #closed = 0;

  /** @param attempts gets each attempt that has ended */
  constructor(process: Process, tmdb: SimulatedTmdb, simulation: Simulation, troubles: Troubles, attempts: Attempt[]) {
    this.#process = process;
    this.#tmdb = tmdb;
    this.#simulation = simulation;
    this.#troubles = troubles;
    this.attempts = attempts;
    this.hasOldToken = this.#drawOldToken();
  }

  #drawOldToken(): boolean {
    const { choices, time, swarm } = this.#simulation;
    const key = `${this.#process.name} token`;
    const isChanged = () => choices.oneIn("token changed", swarm.misses ? 1 : TOKEN_CHANGED_ONE_IN);
    const isOld = () => isChanged() && choices.oneIn(key, OLD_TOKEN_ONE_IN);
    const draw = () => (!this.#troubles.isCalm && isOld()) || undefined;
    const at = { key, step: "the consumer reads its token", atMs: time.now };
    return choices.deviation(at, draw, () => "old") ?? false;
  }

  /** The other end closes what is idle. */
  closeIdle(): void {
    this.#closed += this.#idle;
    this.#idle = 0;
  }

  /** The process learns which connections are closed. */
  notice(): void {
    this.#closed = 0;
  }

  readonly adapter: AxiosAdapter = (config) =>
    new Promise((resolve, reject) => {
      if (this.#process.dead) return;
      this.#simulation.count(STEP);
      const fault = this.#troubles.faultOf(this.#process, STEP, CALL);
      if (fault?.kind === "dies before") this.#process.die();
      else this.#send(config, fault?.kind === "dies after", resolve, reject);
    });

  #send(
    config: InternalAxiosRequestConfig,
    dies: boolean,
    resolve: (response: Promise<AxiosResponse>) => void,
    reject: (error: Error) => void,
  ): void {
    const { time } = this.#simulation;
    const owner = this.#process;
    const id = /\/movie\/([^/?]+)/.exec(config.url ?? "")?.[1] ?? "";
    const began = owner.awakeMs;
    const signal = config.signal as AbortSignal;
    let isOver = false;
    const end = (settle: () => void, reset = false) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener("abort", onAbort);
      this.attempts.push({ id, ms: owner.awakeMs - began, reset });
      settle();
    };
    const onAbort = () => end(() => reject(new CanceledError(undefined, config)));
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) {
      onAbort();
      return;
    }

    const fail = (error: Error, reset: boolean) =>
      end(() => reject(AxiosError.from(error, undefined, config, request)), reset);
    const respond = (answer: Answer | "reset") => {
      if (dies) {
        owner.die();
        return;
      }
      // A process that is frozen reads the answer later.
      time.after(
        0,
        () => {
          if (isOver) return;
          if (answer === "reset") {
            fail(connectionReset(), false);
            return;
          }
          if (Number(answer.headers["Retry-After"]) * 1_000 >= LONG_PAUSE_MS) this.isHeldUp = true;
          // A body that never ends holds the connection until the sender gives up.
          if (answer.byteEveryMs !== undefined) return;
          this.#idle++;
          end(() => resolve(Promise.try(() => responseTo(answer, config, request))));
        },
        owner,
      );
    };
    const leave = () => {
      const isRefused = this.hasOldToken && !this.#troubles.isCalm;
      time.after(this.#tmdb.way(), () => this.#tmdb.receive(id, !isRefused, respond));
    };
    const request = { reusedSocket: this.#closed > 0 || this.#idle > 0 };
    if (this.#closed > 0) {
      this.#closed--;
      time.after(0, () => fail(connectionReset(), true), owner);
    } else if (this.#idle > 0) {
      this.#idle--;
      leave();
    } else {
      // A handshake is a round trip more, and needs the process.
      time.after(this.#tmdb.way() + this.#tmdb.way(), () => !isOver && leave(), owner);
    }
  }
}

/**
 * What the client's own sender makes of an answer.
 * @throws {AxiosError}
 */
function responseTo(answer: Answer, config: InternalAxiosRequestConfig, request: object): AxiosResponse {
  const { status, body } = answer;
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const response: AxiosResponse = { status, statusText: "", headers, config, request, data: undefined };
  return completed(response, Buffer.from(body), headers["content-encoding"]);
}
