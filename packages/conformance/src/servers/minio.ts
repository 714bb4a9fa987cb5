import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { PutBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfigFor } from "@lotes/local/client-config";
import type { S3Event } from "aws-lambda";
import { freePort, startHttpServer } from "./http-server.ts";
import { run } from "./programs.ts";
import type { Server } from "./server.ts";
import { required, toolFolder } from "./tools.ts";

// Its releases are tags that Go's modules don't know: this is RELEASE.2026-02-12, by the time of its commit.
const VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";
const CREDENTIALS = { accessKeyId: "conformance", secretAccessKey: "conformance-secret" };
const WEBHOOK = "EVENTS";

/** MinIO, built from its Go module: S3 alone. It checks signatures. */
export const MINIO: Server = {
  name: "MinIO",
  version: VERSION,
  from: "Go: github.com/minio/minio",
  services: ["s3"],
  note: "it removes an object whatever ETag the removal names. A consumer that takes its lote back, since a later upload took over, may then remove the later run's, and `./lotes status` tells that the account does not hold. So it is for trying, and no home for a data lake. It takes less metadata than S3.",
  start: async () => {
    const go = required("go", "MinIO");
    const tool = await toolFolder(`minio-${VERSION}`, (part) =>
      run(go, ["install", `github.com/minio/minio@${VERSION}`], { env: { ...process.env, GOBIN: part } }),
    );
    const webhook = await eventReceiver();
    const data = await mkdtemp(path.join(tmpdir(), "lotes-minio-"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ["server", "--quiet", "--address", `127.0.0.1:${port}`, "--console-address", "127.0.0.1:0", data];
    const program = await startHttpServer("MinIO", url, path.join(tool, "minio"), args, {
      env: {
        PATH: process.env.PATH,
        HOME: data,
        MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
        MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
        MINIO_UPDATE: "off",
        MINIO_BROWSER: "off",
        [`MINIO_NOTIFY_WEBHOOK_ENABLE_${WEBHOOK}`]: "on",
        [`MINIO_NOTIFY_WEBHOOK_ENDPOINT_${WEBHOOK}`]: webhook.url,
      },
    });
    const clientConfig = { ...clientConfigFor(url), credentials: CREDENTIALS };
    return {
      url,
      clientConfig,
      account: "",
      notify: async (bucket, onEvent) => {
        webhook.onEvent = onEvent;
        const s3 = new S3Client(clientConfig);
        const QueueArn = `arn:minio:sqs::${WEBHOOK}:webhook`;
        await s3.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket: bucket,
            NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] },
          }),
        );
        s3.destroy();
        return {
          [Symbol.asyncDispose]: async () => {
            webhook.onEvent = undefined;
          },
        };
      },
      [Symbol.asyncDispose]: async () => {
        await program[Symbol.asyncDispose]();
        webhook.close();
        await rm(data, { recursive: true, force: true });
      },
    };
  },
};

/** Gets the events that MinIO posts. */
async function eventReceiver() {
  const receiver: { url: string; onEvent: ((event: S3Event) => void) | undefined; close(): void } = {
    url: "",
    onEvent: undefined,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const server = createServer(async (request, response) => {
    const event = request.method === "POST" ? ((await json(request).catch(() => ({}))) as Partial<S3Event>) : {};
    response.end();
    if (event.Records) receiver.onEvent?.(event as S3Event);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;
}
