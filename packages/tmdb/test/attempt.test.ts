import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { type AxiosAdapter, AxiosError, AxiosHeaders, CanceledError } from "axios";
import { describe, test, vi } from "vitest";
import { attempt } from "../src/attempt.ts";
import { TmdbClient } from "../src/tmdb-client.ts";

const ATTEMPT_MS = 100;
const EVERY_MS = 10;

/** A server that says something on each connection for as long as it is open, until the test has ended. */
async function saying(
  first: string,
  again: (nth: number) => string,
  onTestFinished: (end: () => void) => void,
): Promise<{ baseUrl: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.write(first);
    let nth = 0;
    const timer = setInterval(() => socket.write(again(nth++)), EVERY_MS);
    socket.on("error", () => {});
    socket.once("close", () => {
      clearInterval(timer);
      sockets.delete(socket);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

const OK = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

// A new client waits for a second: all of them at once.
describe.concurrent("an attempt is over when its time is over", () => {
  test.for([
    ["a body that drips", `${OK}content-length: 1000000\r\n\r\n{`, () => " "],
    ["chunks without end", `${OK}transfer-encoding: chunked\r\n\r\n`, () => "1\r\n \r\n"],
    ["a header that drips", "HTTP/1.1 200 OK\r\nx-slow: ", () => "x"],
    ["headers without end", "HTTP/1.1 200 OK\r\n", (nth) => `x-${nth}: 1\r\n`],
    ["information without end", "", () => "HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n"],
    [
      "a switch to another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
      () => "x",
    ],
    ["an error whose body drips", "HTTP/1.1 503 Busy\r\ncontent-length: 1000000\r\n\r\n", () => "x"],
  ] as [string, string, (nth: number) => string][])(
    "whatever comes meanwhile: %s",
    async ([, first, again], context) => {
      const { expect, onTestFinished } = context;
      const { baseUrl, sockets } = await saying(first, again, onTestFinished);
      const settings = { baseUrl, token: "token", language: "pt-BR", requestsPerSecond: 10_000 };
      const movies = new TmdbClient(settings, { concurrency: 1 }, { attemptMs: ATTEMPT_MS, backoffMs: 1 });
      const enough = new AbortController();
      const told: unknown[] = [];
      const answer = await movies.movie("tt0111161", {
        deadline: performance.now() + 60_000,
        timeIsUp: enough.signal,
        signal: enough.signal,
        onFailedAttempt: (failure) => {
          told.push(failure);
          enough.abort();
        },
      });
      const failure = { reason: "network", status: null, message: `no whole answer within ${ATTEMPT_MS} ms` };
      expect(told).toEqual([failure]);
      expect(answer).toEqual({ failure });
      // Its connection is closed, not kept.
      await expect.poll(() => sockets.size).toBe(0);
    },
  );
});

test("of a request that is broken off the limiter hears that it may still arrive, and of one whose time is over nothing", async ({
  expect,
}) => {
  const told: string[] = [];
  const events = { answered: () => told.push("answered"), abandoned: () => told.push("abandoned") };
  const hanging: AxiosAdapter = ({ signal }) =>
    new Promise((_, reject) => signal?.addEventListener?.("abort", () => reject(new CanceledError())));
  const over = new AbortController();
  const brokenOff = attempt({ headers: new AxiosHeaders(), timeIsUp: over.signal }, hanging, events, 60_000);
  over.abort();
  await expect(brokenOff).rejects.toMatchObject({ code: AxiosError.ERR_CANCELED });
  expect(told).toEqual(["abandoned"]);
  const late = attempt({ headers: new AxiosHeaders() }, hanging, events, 1);
  await expect(late).rejects.toMatchObject({ code: AxiosError.ETIMEDOUT });
  expect(told).toEqual(["abandoned"]);
});

test("an attempt that is answered leaves no timer behind", async ({ expect, onTestFinished }) => {
  const answer = `${OK}connection: close\r\ncontent-length: 2\r\n\r\n{}`;
  const { baseUrl } = await saying(answer, () => "", onTestFinished);
  onTestFinished(() => void vi.restoreAllMocks());
  const set = vi.spyOn(globalThis, "setTimeout");
  const clear = vi.spyOn(globalThis, "clearTimeout");
  const settings = { baseUrl, token: "token", language: "pt-BR", requestsPerSecond: 10_000 };
  const movies = new TmdbClient(settings, { concurrency: 1 }, { attemptMs: 54_321, backoffMs: 1 });
  const { signal } = new AbortController();
  await movies.movie("tt0111161", { deadline: performance.now() + 60_000, timeIsUp: signal, signal });
  const timers = set.mock.results.filter((_, call) => set.mock.calls[call]?.[1] === 54_321).map(({ value }) => value);
  const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
  expect(timers).toHaveLength(7);
  expect(timers.every((timer) => cleared.has(timer))).toBe(true);
});
