import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Connections } from "../src/connections.ts";
import type { Fault } from "../src/faults.ts";
import { type NetworkedProcess, networkOf } from "../src/network.ts";

let service: http.Server;
let port: number;
/** What the service was asked to do. */
let done: string[];
beforeEach(async () => {
  done = [];
  service = http.createServer(({ method, url }, response) => {
    done.push(`${method} ${url}`);
    response.end("done");
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  ({ port } = service.address() as AddressInfo);
});
afterEach(() => {
  service.close();
  service.closeAllConnections();
});

/** A process that writes something, with an agent of its own as every SDK has one. */
class Writer implements NetworkedProcess {
  dead = false;
  heard: string | undefined;
  readonly #fault: Fault | undefined;

  constructor(fault: Fault | undefined) {
    this.#fault = fault;
  }

  die(): void {
    this.dead = true;
  }

  faultOf(): Fault | undefined {
    return this.#fault;
  }

  awake<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
    return callback;
  }

  asks() {
    return { onReset() {}, onAnswer() {}, onEnd() {} };
  }

  async write(): Promise<this> {
    const { request } = networkOf(this, { aws: port, faultyAws: port, tmdb: 0 }, new Connections());
    const options = {
      port,
      host: "127.0.0.1",
      method: "PUT",
      path: "/object",
      agent: new http.Agent(),
      timeout: 60_000,
    };
    const sent = request(options, (response: IncomingMessage) => {
      this.heard = `${response.statusCode}`;
      response.resume();
    });
    sent.on("error", ({ message }) => {
      this.heard = message;
    });
    sent.end("content");
    // Whatever was sent before these is there when they are answered.
    for (let look = 0; look < 3; look++) {
      await (await fetch(`http://127.0.0.1:${port}/look`)).text();
    }
    done = done.filter((call) => call !== "GET /look");
    return this;
  }
}

test.each<[string, Fault | undefined, { done: boolean; heard: string | undefined; dead: boolean }]>([
  ["is done and answered", undefined, { done: true, heard: "200", dead: false }],
  [
    "is never sent when its process dies before",
    { kind: "dies before" },
    { done: false, heard: undefined, dead: true },
  ],
  ["is done when its process dies after", { kind: "dies after" }, { done: true, heard: undefined, dead: true }],
  [
    "is never sent when the connection breaks",
    { kind: "unsent" },
    { done: false, heard: "read ECONNRESET", dead: false },
  ],
  ["is done when its answer is lost", { kind: "answer lost" }, { done: true, heard: "read ECONNRESET", dead: false }],
  [
    "is done at once when its answer is slow",
    { kind: "slow", ms: 60_000 },
    { done: true, heard: undefined, dead: false },
  ],
])("a call %s", async (_, fault, expected) => {
  const { heard, dead } = await new Writer(fault).write();
  expect({ done: done.length === 1, heard, dead }).toEqual(expected);
});

test("a dead process sends nothing more", async () => {
  const writer = new Writer(undefined);
  writer.die();
  expect((await writer.write()).heard).toBeUndefined();
  expect(done).toEqual([]);
});
