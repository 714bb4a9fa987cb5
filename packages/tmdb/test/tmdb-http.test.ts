import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { AxiosError, AxiosHeaders, type AxiosResponse } from "axios";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LARGEST_ANSWER_BYTES } from "../src/answer-body.ts";
import { TOO_LARGE } from "../src/exchange.ts";
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

/** Asks once, by a client of its own. */
function ask(token = "token", folder = "", signal = new AbortController().signal): Promise<AxiosResponse> {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${folder}`;
  const settings = { baseUrl, token, language: "pt-BR", requestsPerSecond: 40 };
  return tmdbHttp(settings, token, 1, 5_000)({ url: PATH, headers: new AxiosHeaders(), signal });
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
  ["in brotli", { "content-encoding": "br" }, brotliCompressSync(TEXT)],
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

test.each([
  ["breaks off", { "content-length": "1000" }, 200],
  ["is not compressed as it says", { "content-encoding": "gzip" }, 503],
])("of an answer that %s only the head is known", async (_, headers, status) => {
  answer = (_, response) => {
    response
      .writeHead(status, headers)
      .write("not in gzip", () => (status === 200 ? response.destroy() : response.end()));
  };
  await expect(ask()).rejects.toMatchObject({ response: { status, data: undefined } });
});

test.each(["before it leaves", "while it is under way"])("a request is broken off %s", async (when) => {
  const enough = new AbortController();
  const isEarly = when === "before it leaves";
  if (isEarly) enough.abort();
  const closed = Promise.withResolvers<void>();
  answer = (request) => {
    request.once("close", closed.resolve);
    enough.abort();
  };
  await expect(ask("token", "", enough.signal)).rejects.toMatchObject({ code: AxiosError.ERR_CANCELED });
  if (!isEarly) await closed.promise;
});
