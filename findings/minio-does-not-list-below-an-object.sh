#!/usr/bin/env bash
# MinIO: an object whose key goes on after another object's key and a slash is stored and can be read, and is in no list.
#
# Guess:    keys are flat in S3: "a" and "a/b" are two objects, whichever is written first, and a list has both. A server that keeps objects
#           as files would refuse the second one.
# Happens:  both are accepted with 200, and GET finds both. ListObjectsV2 has "a" alone, with the prefix "a/" too, so a copy, a sync or a
#           count by a list misses "a/b" without an error, also when "a/b" was written first and listed until then. fauxqs and moto list both.
# Versions: github.com/minio/minio v0.0.0-20260212201848-7aac2a2c5b7c, @aws-sdk/client-s3 3.1169.0. It is built by Go, which takes minutes.
# Date:     2026-11-28
set -euo pipefail
folder=$(mktemp -d)
minio=
trap '[ -z "$minio" ] || { kill "$minio"; wait "$minio" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
GOBIN=$folder go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-sdk/client-s3@3.1169.0
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
HOME=$folder MINIO_ROOT_USER=conformance MINIO_ROOT_PASSWORD=conformance-secret MINIO_UPDATE=off MINIO_BROWSER=off \
  ./minio server --quiet --address "127.0.0.1:$port" "$folder/data" >minio.log 2>&1 &
minio=$!
cat >list.mjs <<'JS'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const s3 = new S3Client({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "conformance", secretAccessKey: "conformance-secret" },
  // It may still be starting.
  maxAttempts: 20,
});
const Bucket = "lake";
await s3.send(new CreateBucketCommand({ Bucket }));
const put = async (Key) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).$metadata.httpStatusCode;
const get = async (Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString();
const list = async (Prefix) => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.map(({ Key }) => Key).join(" ") || "nothing";
};
const seen = {
  "put x/a, x/a/b": [await put("x/a"), await put("x/a/b")].join(" "),
  "put y/a/b": String(await put("y/a/b")),
  "list y/": await list("y/"),
  "put y/a": String(await put("y/a")),
  "get x/a/b, y/a/b": [await get("x/a/b"), await get("y/a/b")].join(" "),
  "list x/, then y/": [await list("x/"), await list("y/")].join(" "),
  "list x/a/, then y/a/": [await list("x/a/"), await list("y/a/")].join(" "),
};
const known = ["200 200", "200", "y/a/b", "200", "x/a/b y/a/b", "x/a y/a", "nothing nothing"];
for (const [at, [what, came]] of Object.entries(seen).entries()) {
  console.log(`${what}: ${came}`);
  if (came !== known[at]) process.exitCode = 1;
}
s3.destroy();
JS
node --no-warnings list.mjs "http://127.0.0.1:$port"
