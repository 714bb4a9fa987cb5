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

// None of these lead to the local stack: port 9 of no server, a key that is none, endpoints that a server on this machine has not.
const VARIABLES = {
  AWS_USE_FIPS_ENDPOINT: "true",
  AWS_USE_DUALSTACK_ENDPOINT: "true",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9",
  AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:9",
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
  AWS_PROFILE: "work",
  AWS_REGION: "eu-central-1",
  AWS_DEFAULT_REGION: "eu-central-1",
  AWS_SESSION_TOKEN: "expired",
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/nobody",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere",
  AWS_CA_BUNDLE: "/nowhere",
  AWS_MAX_ATTEMPTS: "none",
  AWS_RETRY_MODE: "never",
  AWS_DEFAULTS_MODE: "none",
  AWS_REQUEST_CHECKSUM_CALCULATION: "never",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "never",
  AWS_S3_USE_ARN_REGION: "perhaps",
  AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: "perhaps",
  AWS_S3_US_EAST_1_REGIONAL_ENDPOINT: "perhaps",
  AWS_ACCOUNT_ID_ENDPOINT_MODE: "required",
  AWS_AUTH_SCHEME_PREFERENCE: "sigv4a",
  AWS_SIGV4A_SIGNING_REGION_SET: "*",
  AWS_SDK_UA_APP_ID: "an app id that is longer than the fifty characters that AWS allows it to have",
  AWS_SDK_LOAD_CONFIG: "1",
};

const PROFILE = `region = eu-central-1
endpoint_url = http://127.0.0.1:9
use_fips_endpoint = true
use_dualstack_endpoint = true
max_attempts = none
retry_mode = never
defaults_mode = none
request_checksum_calculation = never
response_checksum_validation = never
s3_use_arn_region = perhaps
sigv4a_signing_region_set = *
auth_scheme_preference = sigv4a
services = elsewhere
`;
const CONFIG = `[default]\n${PROFILE}[profile work]\n${PROFILE}[services elsewhere]
s3 =
  endpoint_url = http://127.0.0.1:9
sqs =
  endpoint_url = http://127.0.0.1:9
`;

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

// One run shows all of it: each would end it by itself, or never.
test("whatever the environment and ~/.aws say of AWS, a run behind a proxy, with settings as Windows PowerShell writes them, asks TMDB through it and nobody else", async () => {
  await using proxy = await OfficeProxy.start((tmdb.address() as AddressInfo).port);
  const at = `http://ana:s3cret@127.0.0.1:${proxy.port}`;
  const settings = "TMDB_TOKEN=the-token\r\nTMDB_BASE_URL=https://tmdb.test/3/\r\n";
  writeFileSync(join(place.path, ".env"), Buffer.from(`\ufeff${settings}`, "utf16le"));
  writeFileSync(join(place.path, "movies.csv"), csvSelecting([ID]));
  writeFileSync(join(place.path, "office.pem"), TMDB_TEST.cert);
  mkdirSync(join(place.path, ".aws"));
  writeFileSync(join(place.path, ".aws/config"), CONFIG);

  const { code, stdout, stderr } = await place.process(["run", "movies.csv", "--json"], {
    ...VARIABLES,
    HOME: place.path,
    USERPROFILE: place.path,
    https_proxy: at,
    HTTP_PROXY: at,
    NODE_EXTRA_CA_CERTS: join(place.path, "office.pem"),
  });

  expect(JSON.parse(stdout)).toMatchObject({ ids: 1, stored: 1, failed: 0 });
  expect(code).toBe(0);
  expect(stderr.trimEnd().split("\n").at(-1)).not.toContain("Error");
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
