import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { csvSelecting } from "@lotes/core/testing/movie-rows";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Workplace } from "./support/cli.ts";

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place[Symbol.dispose]());

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

test("the local stack works whatever the user's environment and ~/.aws say of AWS", async () => {
  writeFileSync(join(place.path, "movies.csv"), csvSelecting(["tt0068646"]));
  mkdirSync(join(place.path, ".aws"));
  writeFileSync(join(place.path, ".aws/config"), CONFIG);
  const { code, stdout, stderr } = await place.process(["run", "movies.csv", "--json"], {
    ...VARIABLES,
    HOME: place.path,
    USERPROFILE: place.path,
  });
  expect(stderr.trimEnd().split("\n").at(-1)).not.toContain("Error");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ids: 1, stored: 1, failed: 0 });
});
