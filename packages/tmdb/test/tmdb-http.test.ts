import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { AxiosError, AxiosHeaders, type AxiosResponse } from "axios";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LARGEST_ANSWER_BYTES, TOO_LARGE, UNREADABLE } from "../src/answer-body.ts";
import { failureOf, isCurable, NOT_THE_MOVIE } from "../src/failure-of.ts";
import { tmdbHttp } from "../src/tmdb-http.ts";

const PATH = "/3/movie/tt0111161";
const MOVIE = { title: "Amélie" };
const TEXT = JSON.stringify(MOVIE);
const LARGE = " ".repeat(LARGEST_ANSWER_BYTES + 1);

let server: Server;
let answer: RequestListener;
let asked: IncomingMessage;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked = request;
    answer(request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  await once(server.close(), "close");
});

/** A client of one connection. */
function client(token = "token", folder = "") {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${folder}`;
  const settings = { baseUrl, token, language: "pt-BR", requestsPerSecond: 40 };
  const send = tmdbHttp(settings, token, 1, 5_000);
  return (signal = new AbortController().signal) => send({ url: PATH, headers: new AxiosHeaders(), signal });
}

/** Asks once, by a client of its own. */
function ask(token?: string, folder?: string, signal?: AbortSignal): Promise<AxiosResponse> {
  return client(token, folder)(signal);
}

test.each([
  ["a v4 token in the header", "token", "", `${PATH}?language=pt-BR`, "Bearer token"],
  ["a v3 key as a parameter", "0".repeat(32), "", `${PATH}?language=pt-BR&api_key=${"0".repeat(32)}`, undefined],
  ["the base URL's own path", "token", "/tmdb", `/tmdb${PATH}?language=pt-BR`, "Bearer token"],
])("a request has %s", async (_, token, folder, url, authorization) => {
  answer = (_, response) => response.end(TEXT);
  expect(await ask(token, folder)).toMatchObject({ status: 200, data: MOVIE });
  expect(asked).toMatchObject({ method: "GET", url });
  expect(asked.headers.authorization).toBe(authorization);
  expect(asked.headers["accept-encoding"]).toBe("gzip, br");
});

test.each([
  ["in one piece", {}, TEXT],
  ["with a byte order mark", {}, `\ufeff${TEXT}`],
  ["in gzip", { "content-encoding": "gzip" }, gzipSync(TEXT)],
  ["in gzip by its old name", { "content-encoding": "X-GZip" }, gzipSync(TEXT)],
  ["in gzip of two members", { "content-encoding": "gzip" }, Buffer.concat([gzipSync("{"), gzipSync(TEXT.slice(1))])],
  ["in brotli", { "content-encoding": "br" }, brotliCompressSync(TEXT)],
  ["with the name of no compression", { "content-encoding": "identity" }, TEXT],
])("an answer is read %s", async (_, headers, body) => {
  answer = (_, response) => response.writeHead(200, headers).end(body);
  expect((await ask()).data).toEqual(MOVIE);
});

test("an answer whose characters come in parts is read as one", async () => {
  answer = (_, response) => {
    const bytes = Buffer.from(TEXT);
    const inCharacter = bytes.indexOf(0xc3) + 1;
    response.write(bytes.subarray(0, inCharacter), () => response.end(bytes.subarray(inCharacter)));
  };
  expect((await ask()).data).toEqual(MOVIE);
});

test("an answer that is no success is an error with its headers and what it says", async () => {
  answer = (_, response) => response.writeHead(429, { "Retry-After": "7" }).end('{"status_code":25}');
  const error = await ask().catch((error) => error);
  expect(error).toBeInstanceOf(AxiosError);
  expect(error.response).toMatchObject({ status: 429, data: { status_code: 25 } });
  expect(error.response.headers.get("retry-after")).toBe("7");
});

test.each([
  ["as it is", {}, LARGE],
  ["once it is decompressed", { "content-encoding": "gzip" }, gzipSync(LARGE)],
])("an answer that is too large %s is none", async (_, headers, body) => {
  answer = (_, response) => response.writeHead(200, headers).end(body);
  await expect(ask()).rejects.toMatchObject({ code: TOO_LARGE });
});

/** What stands on the wire, as no server of Node's writes it; then the connection stays, is closed, or is reset. */
type Wire = readonly [head: string, body?: string | Buffer, then?: "stays" | "closed" | "reset"];

function onTheWire([head, body = "", then = "stays"]: Wire): RequestListener {
  return ({ socket }) => {
    socket.cork();
    if (head !== "") socket.write(`HTTP/1.1 ${head}\r\n\r\n`);
    socket.write(body);
    socket.uncork();
    if (then === "closed") socket.end();
    if (then === "reset") socket.resetAndDestroy();
  };
}

const LENGTH = `content-length: ${Buffer.byteLength(TEXT)}`;
const CHUNKED = "200 OK\r\ntransfer-encoding: chunked";
const CHUNK = `${Buffer.byteLength(TEXT).toString(16)}\r\n${TEXT}\r\n`;

test.each<[string, ...Wire]>([
  [
    "comes after information of 100 and 103",
    `100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}`,
    TEXT,
  ],
  ["was changed by a proxy on its way", `203 Non-Authoritative Information\r\n${LENGTH}`, TEXT],
  ["ends with its connection", "200 OK", TEXT, "closed"],
  ["has a trailer", `${CHUNKED}\r\ntrailer: x-end`, `${CHUNK}0\r\nx-end: 1\r\n\r\n`],
])("an answer that %s is the movie", async (_, ...wire) => {
  answer = onTheWire(wire);
  expect((await ask()).data).toEqual(MOVIE);
});

test.each<[string, "network" | "invalid_response" | "server_error" | "rate_limited", number | null, ...Wire]>([
  ["no byte", "network", null, "", "", "closed"],
  ["a reset", "network", null, "", "", "reset"],
  ["half a head", "network", null, "200 OK\r\ncontent-le", "", "closed"],
  ["another protocol", "network", null, "", "SSH-2.0-OpenSSH_9.6\r\n"],
  ["a head that is too large", "network", null, `200 OK\r\nx: ${"y".repeat(20_000)}`],
  ["two lengths", "network", null, "200 OK\r\ncontent-length: 1\r\ncontent-length: 2", "{}"],
  ["half a body", "network", 200, `200 OK\r\n${LENGTH}`, TEXT.slice(0, 5), "closed"],
  ["chunks without the last", "network", 200, CHUNKED, CHUNK, "closed"],
  ["a chunk of no size", "network", 200, CHUNKED, "zz\r\n"],
  ["half the page of a 503", "server_error", 503, "503 Busy\r\ncontent-length: 99", "<html>", "closed"],
  ["half a 429", "rate_limited", 429, "429 Slow\r\ncontent-length: 99", "{", "closed"],
  ["a 503 in no gzip", "server_error", 503, "503 Busy\r\ncontent-encoding: gzip\r\ncontent-length: 6", "<html>"],
  ["nothing, by 204", "invalid_response", 204, "204 No Content"],
  ["nothing, by 304", "invalid_response", 304, "304 Not Modified\r\ncontent-encoding: gzip"],
  ["a redirect", "invalid_response", 302, "302 Found\r\nlocation: /other\r\ncontent-length: 0"],
  ["a switch to no protocol", "invalid_response", 101, "101 Switching Protocols"],
])("of %s an error tells as much as came, and it is asked for again", async (_, reason, status, ...wire) => {
  let requests = 0;
  answer = (request, response) => {
    requests++;
    onTheWire(wire)(request, response);
  };
  const error = await ask().then(
    // A good answer is for the client to refuse, if it is not the movie.
    (response) => new AxiosError("no movie", NOT_THE_MOVIE, undefined, {}, response),
    (error) => error,
  );
  expect(error).toBeInstanceOf(AxiosError);
  expect(failureOf(error, "token")).toMatchObject({ reason, status });
  expect(isCurable(error)).toBe(true);
  expect(requests).toBe(1);
});

test.each([
  ["gzip", Buffer.from(TEXT)],
  ["br", Buffer.from("not in brotli")],
  ["deflate", deflateSync(TEXT)],
  ["zstd", zstdCompressSync(TEXT)],
])("an answer that says %s and is not, or was not asked for so, is told as such", async (encoding, body) => {
  answer = (_, response) => response.writeHead(200, { "content-encoding": encoding }).end(body);
  const error = await ask().catch((error) => error);
  expect(error).toMatchObject({ code: UNREADABLE, response: { status: 200, data: undefined } });
  expect(failureOf(error, "token").message).toMatch(/^status 200 with a body that can't be decompressed: ./);
});

test("what follows a whole answer on its connection is not read into it", async () => {
  answer = onTheWire([`200 OK\r\n${LENGTH}`, `${TEXT}trash`]);
  const message = expect.stringMatching(/^Parse Error/);
  await expect(ask()).rejects.toMatchObject({ message, response: { status: 200, data: undefined } });
});

test("a connection is used again, unless the server is about to close it, and one that was closed meanwhile is told as the network", async () => {
  const ask = client();
  const sockets = new Set<unknown>();
  const answered = (headers: Record<string, string>) => {
    answer = ({ socket }, response) => {
      sockets.add(socket);
      response.writeHead(200, headers).end(TEXT);
    };
    return ask();
  };
  await answered({});
  const { request } = await answered({ "keep-alive": "timeout=1" });
  expect(sockets.size).toBe(1);
  expect(request.reusedSocket).toBe(true);
  await answered({});
  expect(sockets.size).toBe(2);
  answer = onTheWire(["", "", "reset"]);
  const error = await ask().catch((error) => error);
  expect(error.request.reusedSocket).toBe(true);
  expect(failureOf(error, "token")).toMatchObject({ reason: "network", status: null });
  expect(isCurable(error)).toBe(true);
});

/** Node tells of it on this channel, in the client. */
const HEAD_HAS_COME = "http.client.response.finish";

test.each(["before it leaves", "before its answer", "in the middle of its answer"])(
  "a request is broken off %s",
  async (when) => {
    const enough = new AbortController();
    const isEarly = when === "before it leaves";
    if (isEarly) enough.abort();
    const closed = Promise.withResolvers<void>();
    answer = (request, response) => {
      request.socket.once("close", closed.resolve);
      if (when === "before its answer") enough.abort();
      else response.writeHead(200, { "content-length": "1000" }).write("{");
    };
    const abort = () => enough.abort();
    if (when === "in the middle of its answer") subscribe(HEAD_HAS_COME, abort);
    await expect(ask("token", "", enough.signal)).rejects.toMatchObject({ code: AxiosError.ERR_CANCELED });
    unsubscribe(HEAD_HAS_COME, abort);
    if (!isEarly) await closed.promise;
  },
);
