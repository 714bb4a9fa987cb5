import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Connections } from "../src/connections.ts";

let service: http.Server;
let requests: number;
const agent = new http.Agent({ keepAlive: true });
beforeEach(async () => {
  requests = 0;
  service = http.createServer((_, response) => {
    requests++;
    response.end();
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
});
afterEach(() => {
  agent.destroy();
  service.close();
});

/** Asks the service for something over the agent's connection; rejects when that is reset. */
async function ask(connections: Connections, onReset?: () => void): Promise<void> {
  const { port } = service.address() as AddressInfo;
  const request = http.get({ port, host: "127.0.0.1", agent });
  connections.track(request, onReset);
  const [response] = await once(request, "response");
  response.resume();
  await once(request, "close");
}

test("a request over a connection that was closed unnoticed is reset before it is sent; later ones have a new one", async () => {
  const connections = new Connections();
  await ask(connections);
  connections.closeIdle();
  let resets = 0;
  await expect(ask(connections, () => resets++)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect([requests, resets]).toEqual([1, 1]);
  await ask(connections);
  expect(requests).toBe(2);
});

test("a process that has noticed which connections are closed asks over a new one", async () => {
  const connections = new Connections();
  await ask(connections);
  connections.closeIdle();
  connections.notice();
  await ask(connections);
  expect(requests).toBe(2);
});
