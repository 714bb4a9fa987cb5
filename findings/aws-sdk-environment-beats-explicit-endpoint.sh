#!/usr/bin/env bash
# AWS SDK for JavaScript: one variable of the user's environment stops every call of a client with an explicit endpoint.
#
# Guess:    a client that is given its endpoint, region and credentials makes its calls, whatever the environment says of AWS.
# Happens:  with AWS_USE_FIPS_ENDPOINT=true or AWS_USE_DUALSTACK_ENDPOINT=true no call leaves the process. S3 and SQS each fail with an
#           EndpointError in words of their own, before the endpoint is asked. Programs with a local S3 or SQS must say
#           useFipsEndpoint: false and useDualstackEndpoint: false, or fail on the machines of some offices only.
# Versions: @aws-sdk/client-s3 3.1169.0, @aws-sdk/client-sqs 3.1169.0
# Date:     2026-11-27
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-sdk/client-s3@3.1169.0 @aws-sdk/client-sqs@3.1169.0
cat >calls.mjs <<'JS'
import { createServer } from "node:http";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";

let asked = 0;
const server = createServer((request, response) => {
  asked++;
  response.end(request.headers["x-amz-target"] ? "{}" : "<ListAllMyBucketsResult/>");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const config = {
  endpoint: `http://127.0.0.1:${server.address().port}`,
  region: "us-east-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  maxAttempts: 1,
};
const outcome = (call) => call.then(() => "ok", (error) => error.name);
const s3 = await outcome(new S3Client(config).send(new ListBucketsCommand()));
const sqs = await outcome(new SQSClient(config).send(new ListQueuesCommand()));
console.log(`s3 ${s3}, sqs ${sqs}, requests ${asked}`);
server.close();
JS
calls() { env "$@" node --no-warnings calls.mjs; }
plain=$(calls NOTHING=1)
fips=$(calls AWS_USE_FIPS_ENDPOINT=true)
dual=$(calls AWS_USE_DUALSTACK_ENDPOINT=true)
printf 'neither:     %s\nFIPS:        %s\ndual stack:  %s\n' "$plain" "$fips" "$dual"
[ "$plain" = "s3 ok, sqs ok, requests 2" ]
[ "$fips" = "s3 EndpointError, sqs EndpointError, requests 0" ]
[ "$dual" = "s3 EndpointError, sqs EndpointError, requests 0" ]
