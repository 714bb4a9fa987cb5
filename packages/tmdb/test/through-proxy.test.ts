import { once } from "node:events";
import http, { type RequestListener } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { loadSettings } from "@lotes/core";
import { tmdbAnswer } from "@lotes/core/testing/movies";
import { afterAll, beforeAll, describe, test } from "vitest";
import { TmdbClient, type TmdbTiming } from "../src/tmdb-client.ts";
import { OfficeProxy } from "./support/office-proxy.ts";
import { TMDB_TEST } from "./support/self-signed.ts";

const ID = "tt0111161";
const answer: RequestListener = (_, response) => {
  response.setHeader("content-type", "application/json").end(JSON.stringify(tmdbAnswer()));
};
const servers = { https: https.createServer(TMDB_TEST, answer), http: http.createServer(answer) };
const portOf = (protocol: "http" | "https") => (servers[protocol].address() as AddressInfo).port;

const trusted = tls.getCACertificates("default");
beforeAll(async () => {
  tls.setDefaultCACertificates([TMDB_TEST.cert]);
  await Promise.all(Object.values(servers).map((each) => once(each.listen(0, "127.0.0.1"), "listening")));
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  for (const each of Object.values(servers)) {
    each.closeAllConnections();
    await once(each.close(), "close");
  }
});

function client(env: Record<string, string>, timing?: TmdbTiming): TmdbClient {
  const { tmdb } = loadSettings({ TMDB_TOKEN: "token", TMDB_REQUESTS_PER_SECOND: "400", ...env });
  return new TmdbClient(tmdb, { concurrency: 200 }, timing);
}

function ask(movies: TmdbClient, patienceMs = 20_000) {
  return movies.movie(ID, { deadline: performance.now() + patienceMs, signal: AbortSignal.timeout(patienceMs) });
}

describe.concurrent("requests to TMDB", () => {
  test("go through the proxy, by one tunnel that is kept, with its user and password", async ({ expect }) => {
    await using proxy = await OfficeProxy.start(portOf("https"));
    const movies = client({
      TMDB_BASE_URL: "https://tmdb.test",
      https_proxy: `http://ana:s%40me@127.0.0.1:${proxy.port}`,
    });
    for (let count = 0; count < 3; count++) expect(await ask(movies)).toMatchObject({ record: { imdb_id: ID } });
    expect(proxy.tunnels).toEqual(["tmdb.test:443"]);
    expect([...proxy.users]).toEqual(["ana:s@me"]);
    expect(proxy.forwarded).toEqual([]);
  });

  test("without TLS go through the proxy too", async ({ expect }) => {
    await using proxy = await OfficeProxy.start(portOf("http"));
    const movies = client({ TMDB_BASE_URL: "http://tmdb.test", HTTP_PROXY: `127.0.0.1:${proxy.port}` });
    expect(await ask(movies)).toMatchObject({ record: { imdb_id: ID } });
    expect(proxy.forwarded).toEqual([`http://tmdb.test/3/movie/${ID}?language=pt-BR`]);
  });

  test("that the proxy refuses fail as the network, without its password", async ({ expect }) => {
    await using proxy = await OfficeProxy.start(portOf("https"), "refuses");
    const url = `http://ana:s3cret@127.0.0.1:${proxy.port}`;
    const movies = client(
      { TMDB_BASE_URL: "https://tmdb.test", HTTPS_PROXY: url },
      { attemptMs: 20_000, backoffMs: 1 },
    );
    const answered = await ask(movies);
    expect(answered).toMatchObject({ failure: { reason: "network", message: expect.stringContaining("407") } });
    expect(JSON.stringify(answered)).not.toContain("s3cret");
  });

  test("give up a proxy that never answers, and ask again", async ({ expect }) => {
    await using proxy = await OfficeProxy.start(portOf("https"), "is silent");
    const environment = { TMDB_BASE_URL: "https://tmdb.test", HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const movies = client(environment, { attemptMs: 200, backoffMs: 1 });
    const asking = new AbortController();
    const answered = movies.movie(ID, { deadline: performance.now() + 60_000, signal: asking.signal });
    await expect.poll(() => proxy.tunnels.length, { interval: 50 }).toBeGreaterThan(1);
    asking.abort();
    expect(await answered).toMatchObject({ failure: { reason: "network" } });
  });
});
