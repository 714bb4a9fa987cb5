import http, { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { type Connections, connectionReset } from "./connections.ts";
import type { Call, Fault } from "./faults.ts";
import { FAULT_HEADER } from "./faulty-aws.ts";

type Respond = (response: IncomingMessage) => void;

/** Where the services are. */
export interface Ports {
  readonly aws: number;
  /** The port of the faulty AWS. */
  readonly faultyAws: number;
  readonly tmdb: number;
}

/** The process that a network belongs to. */
export interface NetworkedProcess {
  readonly dead: boolean;
  die(): void;
  /** What goes wrong with its next call; undefined when that goes well. */
  faultOf(call: Call): Fault | undefined;
  /** Wraps a callback, so that the process gets it when it is awake. */
  awake<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void;
  /** Begins a request to TMDB. Its end is reported to what is returned. */
  asks(path: string): { onReset(): void; onAnswer(response: IncomingMessage): void; onEnd(): void };
}

/**
 * The `http` module of one process: its requests are real, but for their faults. A dead process sends nothing more and hears
 * nothing more, which is all that the rest of the world can tell of a death.
 */
export function networkOf(owner: NetworkedProcess, ports: Ports, connections: Connections): typeof http {
  const request = (options: RequestOptions, respond: Respond): ClientRequest => {
    if (owner.dead) return swallowed(options);
    const call = callOf(options, ports);
    const fault = owner.faultOf(call);
    const sent = send(options, owner.awake(respond), fault);
    if (call.service === "tmdb") {
      const { onReset, onAnswer, onEnd } = owner.asks(options.path ?? "");
      connections.track(sent, onReset);
      sent.once("response", onAnswer);
      sent.once("close", onEnd);
    } else connections.track(sent);
    return sent;
  };

  const send = (options: RequestOptions, respond: Respond, fault: Fault | undefined): ClientRequest => {
    if (fault === undefined) return http.request(options, respond);
    switch (fault.kind) {
      case "dies before":
        owner.die();
        return swallowed(options);
      case "dies after":
        return http.request(options, (response) => {
          response.resume();
          owner.die();
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
        return http.request(options, (response) => setTimeout(respond, fault.ms, response));
      default: {
        const headers = { ...(options.headers as Record<string, string>), [FAULT_HEADER]: fault.kind };
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
    // A read is never in conflict.
    conditional:
      (method === "PUT" || method === "DELETE") &&
      ("if-match" in all || "if-none-match" in all || "If-Match" in all || "If-None-Match" in all),
    batch: target?.endsWith("SendMessageBatch") === true,
  };
}

/** A request that goes nowhere and is never answered. */
function swallowed(options: RequestOptions): ClientRequest {
  return http.request({ ...options, agent: NOWHERE });
}

/** An agent that gives no request a connection. A connection would keep the dead process in memory. */
const NOWHERE = { addRequest() {} } as unknown as Agent;
