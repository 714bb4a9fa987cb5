import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { csvSelecting, facts } from "@lotes/core/testing/movie-rows";
import { OfficeProxy } from "@lotes/tmdb/testing/office-proxy";
import { TMDB_TEST } from "@lotes/tmdb/testing/self-signed";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Workplace } from "./support/cli.ts";

const ID = "tt0068646";

let place: Workplace;
let tmdb: https.Server;
/** What TMDB was asked, and by whom. */
let requests: (string | undefined)[][];
beforeEach(async () => {
  place = new Workplace();
  requests = [];
  tmdb = https.createServer(TMDB_TEST, ({ url, headers }, response) => {
    requests.push([url, headers.authorization]);
    response.end(JSON.stringify(facts(ID)));
  });
  await once(tmdb.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  tmdb.closeAllConnections();
  await once(tmdb.close(), "close");
  place[Symbol.dispose]();
});

test("a run behind a proxy, with settings as Windows PowerShell writes them, asks TMDB through it and nobody else", async () => {
  await using proxy = await OfficeProxy.start((tmdb.address() as AddressInfo).port);
  const at = `http://ana:s3cret@127.0.0.1:${proxy.port}`;
  const settings = "TMDB_TOKEN=the-token\r\nTMDB_BASE_URL=https://tmdb.test/3/\r\n";
  writeFileSync(join(place.path, ".env"), Buffer.from(`\ufeff${settings}`, "utf16le"));
  writeFileSync(join(place.path, "movies.csv"), csvSelecting([ID]));
  writeFileSync(join(place.path, "office.pem"), TMDB_TEST.cert);

  const { code, stdout, stderr } = await place.process(["run", "movies.csv", "--json"], {
    https_proxy: at,
    HTTP_PROXY: at,
    NODE_EXTRA_CA_CERTS: join(place.path, "office.pem"),
  });

  expect(JSON.parse(stdout)).toMatchObject({ stored: 1, failed: 0 });
  expect(code).toBe(0);
  expect(requests).toEqual([[`/3/movie/${ID}?language=pt-BR`, "Bearer the-token"]]);
  expect({ tunnels: proxy.tunnels, forwarded: proxy.forwarded }).toEqual({ tunnels: ["tmdb.test:443"], forwarded: [] });
  expect(stderr).not.toMatch(/s3cret|the-token/);
});

test("a .env that can't be read ends a command with one line, and help does without", async () => {
  mkdirSync(join(place.path, ".env"));
  const [run, help] = await Promise.all([place.lotes(["run"]), place.lotes(["run", "--help"])]);
  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(run.stderr).toMatch(/^lotes: the settings in \.env can't be read: it is a directory; [^\n]*\n$/);
  expect(help).toMatchObject({ code: 0, stderr: "" });
});
