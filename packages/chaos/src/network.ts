import http, { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import type { Socket } from "node:net";
import type { Call, Fate } from "./fates.ts";
import { FATE_HEADER } from "./faulty-aws.ts";

type Respond = (response: IncomingMessage) => void;

/** Where the services are. */
export interface Ports {
  readonly aws: number;
  /** Answers in the place of AWS what a fate says. */
  readonly faultyAws: number;
  readonly tmdb: number;
}

/** The process whose network it is. */
export interface Mortal {
  readonly dead: boolean;
  die(): void;
  fateOf(call: Call): Fate;
}

/**
 * The `http` module of one process: its requests are real, but for what their fates say. A dead process sends nothing more and hears
 * nothing more, which is all that the rest of the world can tell of a death.
 */
export function networkOf(mortal: Mortal, ports: Ports, sockets: Set<Socket>): typeof http {
  const request = (options: RequestOptions, respond: Respond): ClientRequest => {
    if (mortal.dead) return swallowed(options);
    const fate = mortal.fateOf(callOf(options, ports));
    const sent = send(options, respond, fate);
    sent.on("socket", (socket) => sockets.add(socket));
    return sent;
  };

  const send = (options: RequestOptions, respond: Respond, fate: Fate): ClientRequest => {
    switch (fate.kind) {
      case "done":
        return http.request(options, respond);
      case "dies before":
        mortal.die();
        return swallowed(options);
      case "dies after":
        return http.request(options, (response) => {
          response.resume();
          mortal.die();
        });
      case "unsent": {
        const lost = swallowed(options);
        setImmediate(() => lost.emit("error", connectionReset()));
        return lost;
      }
      case "answer lost": {
        const lost = http.request(options, (response) => {
          response.resume();
          lost.emit("error", connectionReset());
        });
        return lost;
      }
      case "slow":
        return http.request(options, (response) => setTimeout(respond, fate.ms, response));
      default: {
        const headers = { ...(options.headers as Record<string, string>), [FATE_HEADER]: fate.kind };
        return http.request({ ...options, headers, port: ports.faultyAws }, respond);
      }
    }
  };
  return { ...http, request: request as typeof http.request };
}

function callOf({ port, headers = {}, method }: RequestOptions, ports: Ports): Call {
  const all = headers as Record<string, string>;
  if (Number(port) === ports.tmdb) return { service: "tmdb", conditional: false, batch: false };
  const target = all["x-amz-target"];
  return {
    service: target === undefined ? "s3" : "sqs",
    conditional:
      method !== "GET" && ("if-match" in all || "if-none-match" in all || "If-Match" in all || "If-None-Match" in all),
    batch: target?.endsWith("SendMessageBatch") === true,
  };
}

/** A request that goes nowhere and is never answered. */
function swallowed(options: RequestOptions): ClientRequest {
  return http.request({ ...options, agent: NOWHERE });
}

/** Gives no request a connection. One that is made for it, even of nothing, would keep its process in memory for ever. */
const NOWHERE = { addRequest() {} } as unknown as Agent;

function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104, syscall: "read" });
}
