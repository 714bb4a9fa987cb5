import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { type AppOptions, consoleApp } from "./console-app.ts";

export interface ConsoleOptions extends Omit<AppOptions, "token" | "signal"> {
  /** 0 for any free one. */
  readonly port: number;
}

const HOST = "127.0.0.1";
// Nobody guesses 144 bits.
const TOKEN_BYTES = 18;

/** The page of a stack or a stage, on this machine alone. */
export class ConsoleServer implements AsyncDisposable {
  /** With the token, which a browser never sends as a part of a request. */
  readonly address: string;
  readonly #server: Server;
  readonly #end: AbortController;

  private constructor(server: Server, token: string, end: AbortController) {
    this.#server = server;
    this.#end = end;
    this.address = `http://${HOST}:${(server.address() as AddressInfo).port}/#token=${token}`;
  }

  /** @throws what listening fails with: EADDRINUSE, when the port is taken */
  static async start({ port, ...options }: ConsoleOptions): Promise<ConsoleServer> {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const end = new AbortController();
    const app = consoleApp({ ...options, token, signal: end.signal });
    const server = serve({ fetch: app.fetch, hostname: HOST, port }) as Server;
    // It throws what the server fails with.
    await once(server, "listening");
    return new ConsoleServer(server, token, end);
  }

  /** Ends every connection. */
  async stop(): Promise<void> {
    this.#end.abort();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
