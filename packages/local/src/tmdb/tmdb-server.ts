import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MovieRecord } from "@lotes/core";
import { moviePath } from "@lotes/core/dataset/movies";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";
import { type Answer, errorAnswer, tooManyRequests } from "./answer.ts";
import { type Arrival, ArrivalLog, type Stats } from "./arrival-log.ts";
import { Misbehaviour } from "./misbehaviour.ts";
import type { MisbehaviourRule } from "./misbehaviour-rule.ts";
import { MovieCatalogue } from "./movie-catalogue.ts";
import { RequestBudget } from "./sliding-second.ts";

/** The same for all, or drawn between two bounds. */
export type Milliseconds = number | { readonly min: number; readonly max: number };

/** How the stand-in behaves. Plain JSON. */
export interface TmdbServerOptions {
  /** The movies it knows; every other id is not found. */
  readonly facts: readonly MovieRecord[];
  /** What a request must carry, as `Authorization: Bearer` or as `api_key`. Not given, anyone is let in. */
  readonly token?: string;
  /** At most so many requests are let through in any sliding second; the others get a 429. Not given, there is no limit. */
  readonly requestsPerSecond?: number;
  /** Whether such a 429 says `Retry-After: 1`, as TMDB's does not always. Default true. */
  readonly sendsRetryAfter?: boolean;
  /** Milliseconds from a request's arrival to its answer, the same for all or drawn between two bounds. Default 0. */
  readonly latencyMs?: Milliseconds;
  /** Milliseconds that a request takes on its way, before it arrives: the same for all or drawn for each. Default 0. */
  readonly wayMs?: Milliseconds;
  readonly misbehaviour?: readonly MisbehaviourRule[];
  /** Of everything random: the same requests in the same order are treated the same. Default 1. */
  readonly seed?: number;
}

const MOVIE_PATH = new RegExp(`^/3/${moviePath("([^/]+)")}$`);

// Longer than a client keeps an idle connection, so that none meets a reset that is not in the rules.
const KEEP_ALIVE_MS = 65_000;

// By then the sliding second in which the request was refused is over.
const RETRY_AFTER_SECONDS = 1;

/**
 * TMDB's `GET /3/movie/{id}` over HTTP, from recorded facts: with its token, its budget, its latency, and on demand its troubles.
 * Titles are as recorded, whatever `language` says.
 *
 * A request passes the budget first, as at the edge of TMDB's network, then the misbehaviour, the token and the path.
 */
export class TmdbServer {
  readonly #options: TmdbServerOptions;
  readonly #server: Server;
  readonly #movies: MovieCatalogue;
  readonly #budget: RequestBudget | undefined;
  readonly #random: () => number;
  #misbehaviour: Misbehaviour;
  readonly #log = new ArrivalLog();
  #connections = 0;
  #peakConnections = 0;

  constructor(options: TmdbServerOptions) {
    this.#options = options;
    this.#movies = new MovieCatalogue(options.facts);
    if (options.requestsPerSecond !== undefined) this.#budget = new RequestBudget(options.requestsPerSecond);
    const generator = mersenne(options.seed ?? 1);
    this.#random = () => uniformFloat64(generator);
    this.#misbehaviour = new Misbehaviour(options.misbehaviour ?? [], this.#random);
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      const way = this.#drawn(options.wayMs);
      if (way === 0) this.#receive(request, response);
      else setTimeout(() => this.#receive(request, response), way);
    });
    this.#server.on("connection", (socket) => {
      this.#peakConnections = Math.max(this.#peakConnections, ++this.#connections);
      socket.once("close", () => this.#connections--);
    });
  }

  /**
   * Listens on 127.0.0.1.
   * @param port 0 for any free one
   * @returns the base URL
   * @throws Node's error, such as EADDRINUSE, when the port can't be had
   */
  async listen(port: number): Promise<string> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stats(): Stats {
    return { ...this.#log.summary(), peakConnections: this.#peakConnections };
  }

  arrivals(): readonly Arrival[] {
    return this.#log.all();
  }

  /** Replaces the rules; the new ones count from zero. */
  misbehave(rules: readonly MisbehaviourRule[]): void {
    this.#misbehaviour = new Misbehaviour(rules, this.#random);
  }

  /** Ends every connection, requests under way included. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const at = performance.now();
    const [path = "", query] = (request.url ?? "").split("?", 2);
    const id = MOVIE_PATH.exec(path)?.[1] ?? null;
    const reaction = this.#react(at, id, request, new URLSearchParams(query));
    this.#log.add({ at, id, outcome: typeof reaction === "string" ? reaction : reaction.status });
    if (reaction === "hang") return;
    const timer = setTimeout(() => {
      if (reaction === "reset") request.socket.resetAndDestroy();
      else send(response, reaction);
    }, this.#drawn(this.#options.latencyMs));
    // The client gave up, or the server closes.
    response.once("close", () => clearTimeout(timer));
  }

  #react(at: number, id: string | null, request: IncomingMessage, query: URLSearchParams): Answer | "hang" | "reset" {
    if (this.#budget?.admit(at) === false) {
      return tooManyRequests(this.#options.sendsRetryAfter === false ? undefined : RETRY_AFTER_SECONDS);
    }
    const firstAt = this.#log.all()[0]?.at ?? at;
    const odd = this.#misbehaviour.answer({ id, sinceFirstMs: at - firstAt }, () => this.#movies.answer(id ?? ""));
    if (odd !== undefined) return odd;
    if (!this.#knows(request.headers.authorization, query.get("api_key"))) return errorAnswer("invalidKey");
    if (id === null) return errorAnswer("notFound");
    if (request.method !== "GET") return errorAnswer("methodNotAllowed", { Allow: "GET" });
    return this.#movies.answer(id);
  }

  #knows(authorization: string | undefined, apiKey: string | null): boolean {
    const { token } = this.#options;
    return token === undefined || authorization === `Bearer ${token}` || apiKey === token;
  }

  #drawn(ms: Milliseconds = 0): number {
    if (typeof ms === "number") return ms;
    return ms.min + this.#random() * (ms.max - ms.min);
  }
}

function send(response: ServerResponse, { status, headers, body, byteEveryMs }: Answer): void {
  if (byteEveryMs === undefined) {
    response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  const bytes = Buffer.from(body);
  let at = 0;
  response.writeHead(status, headers);
  const timer = setInterval(() => {
    response.write(bytes.subarray(at % bytes.length, (at++ % bytes.length) + 1));
  }, byteEveryMs);
  response.once("close", () => clearInterval(timer));
}
