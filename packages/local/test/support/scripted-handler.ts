import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * What a function does with an event, said by the test: its result, or what it throws.
 * @param invocation counts from 1
 */
export type Script<Event> = (event: Event, invocation: number) => unknown;

/** The server that `handlers/asks-the-test.ts` asks what to do. */
export class ScriptedHandler<Event> {
  /** In the order they came. */
  readonly events: Event[] = [];
  readonly #server: Server;

  private constructor(script: Script<Event>) {
    this.#server = createServer(async (request, response) => {
      const event: Event = JSON.parse(await text(request));
      const invocation = this.events.push(event);
      try {
        response.end(JSON.stringify(await script(event, invocation)));
      } catch (error) {
        response.writeHead(500).end((error as Error).message);
      }
    });
  }

  static async start<Event>(script: Script<Event>): Promise<ScriptedHandler<Event>> {
    const scripted = new ScriptedHandler(script);
    await new Promise<void>((resolve) => scripted.#server.listen(0, "127.0.0.1", resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
