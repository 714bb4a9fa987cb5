import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect } from "vitest";
import { Emulator } from "../../src/emulator/emulator.ts";
import { type AwsRequest, DEPLOYED_TIMING, type Fault, LocalServices } from "../../src/index.ts";
import { test } from "../support/test.ts";

const SOON = { timeout: 120_000, interval: 20 };

describe("the port", () => {
  test("is open on 127.0.0.1 and on no other address of the machine", async ({ startServices }) => {
    const { hostname, port } = new URL((await startServices()).local.clientConfig.endpoint);
    expect(hostname).toBe("127.0.0.1");
    const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
    const others = addresses.filter(({ address, scopeid }) => address !== hostname && !scopeid);
    expect(await reaches(hostname, Number(port))).toBe(true);
    for (const { address } of others) expect([address, await reaches(address, Number(port))]).toEqual([address, false]);
  });

  test("is free again after a stop, though clients still wait for an answer", async ({ startServices }) => {
    const waiting = new Set<string>();
    const services = await startServices({
      fault: (request) => {
        if (request.service === "sqs") waiting.add(request.operation);
        else waiting.add(request.key);
        return request.service === "s3" ? "hang" : undefined;
      },
    });
    const QueueUrl = services.local.queueUrl("LoteQueue");
    const poll = services.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const read = services.s3.send(new GetObjectCommand({ Bucket: services.bucket, Key: "hangs" }));
    const ends = Promise.allSettled([poll, read]);
    await expect.poll(() => [...waiting], SOON).toEqual(expect.arrayContaining(["ReceiveMessage", "hangs"]));

    await services.local.stop();

    expect((await ends)[1].status).toBe("rejected");
    const again = await Emulator.start("another", { port: Number(new URL(services.local.emulator.url).port) });
    await again.stop();
  });

  test("is free again when the queues can't be made", async () => {
    const refused: Fault = { status: 400, code: "AccessDenied", message: "no queues today" };
    const first = await Emulator.start("another", { port: 0 });
    const port = Number(new URL(first.url).port);
    await first.stop();
    await expect(LocalServices.start(DEPLOYED_TIMING, { port, fault: () => refused })).rejects.toThrow(
      "no queues today",
    );
    const again = await Emulator.start("another", { port });
    await again.stop();
  });
});

describe("a fault", () => {
  const slowDown: Fault = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
  const throttled: Fault = { status: 400, code: "RequestThrottled", message: "Rate exceeded" };

  test("is answered as S3 answers, to the requests it is meant for", async ({ startServices }) => {
    const services = await startServices({
      fault: (request) => (request.service === "s3" && request.key === "bad" ? slowDown : undefined),
    });
    const Bucket = services.bucket;
    const put = (Key: string) => services.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));

    await expect(put("bad")).rejects.toMatchObject({
      name: "SlowDown",
      message: "Please reduce your request rate.",
      $metadata: { httpStatusCode: 503 },
    });
    await put("good");
    await expect(services.s3.send(new HeadObjectCommand({ Bucket, Key: "bad" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    expect(await services.keys()).toEqual(["good"]);
  });

  test("is answered as SQS answers, so that the SDK tries again", async ({ startServices, onTestFinished }) => {
    const faults: Fault[] = [];
    const services = await startServices({
      fault: (request) => (request.service === "sqs" ? faults.pop() : undefined),
    });
    const patient = new SQSClient(services.local.clientConfig);
    onTestFinished(() => patient.destroy());
    const QueueUrl = services.local.queueUrl("LoteQueue");
    const send = new SendMessageCommand({ QueueUrl, MessageBody: "x" });

    faults.push(throttled);
    await expect(services.sqs.send(send)).rejects.toMatchObject({
      name: "RequestThrottled",
      message: "Rate exceeded",
      $metadata: { httpStatusCode: 400 },
    });
    faults.push(throttled);
    await patient.send(send);

    expect(faults).toEqual([]);
    expect(await services.counts()).toEqual({ visible: 1, hidden: 0 });
  });

  test("may be an answer that never comes", async ({ startServices, onTestFinished }) => {
    const services = await startServices({ fault: (request) => (request.service === "s3" ? "hang" : undefined) });
    const s3 = new S3Client({
      ...services.local.clientConfig,
      maxAttempts: 1,
      requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true },
    });
    onTestFinished(() => s3.destroy());
    const request = s3.send(new GetObjectCommand({ Bucket: services.bucket, Key: "key" }));
    await expect(request).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("is decided by what the request asks for", async ({ startServices }) => {
    const requests: AwsRequest[] = [];
    const services = await startServices({
      fault: (request) => {
        requests.push(request);
        return undefined;
      },
    });
    requests.length = 0;
    const QueueUrl = services.local.queueUrl("LoteQueue");

    const Key = "Raw/São João+1/lote_1.json";
    await services.s3.send(new PutObjectCommand({ Bucket: services.bucket, Key, Body: "x", IfNoneMatch: "*" }));
    await services.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "0", MessageBody: "x" }] }));

    expect(requests).toEqual([
      { service: "s3", method: "PUT", bucket: services.bucket, key: Key, ifMatch: undefined, ifNoneMatch: "*" },
      { service: "sqs", operation: "SendMessageBatch", queueUrl: QueueUrl },
    ]);
  });
});

function reaches(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: SOON.timeout });
  return once(socket, "connect")
    .then(() => true)
    .catch(() => false)
    .finally(() => socket.destroy());
}
