import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEPLOYED_TIMING, type Fault, LocalServices, PortInUseError } from "../../src/index.ts";

let services: LocalServices;
let s3: S3Client;
let fault: Fault | undefined;
beforeAll(async () => {
  services = await LocalServices.start(DEPLOYED_TIMING, { port: 0, fault: () => fault });
  s3 = new S3Client({ ...services.clientConfig, maxAttempts: 1 });
});
afterAll(async () => {
  s3.destroy();
  await services.stop();
});

let Key: string;
let keys = 0;
beforeEach(() => {
  Key = `a key/${keys++} with spaces & accents ã.json`;
  fault = undefined;
});

const put = (Body: string, condition: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket: services.bucket, Key, Body, ...condition }));

const stored = async () =>
  (await s3.send(new GetObjectCommand({ Bucket: services.bucket, Key }))).Body?.transformToString();

/** The status S3 answered with. */
const statusOf = (call: Promise<{ $metadata: { httpStatusCode?: number } }>) =>
  call.then(
    ({ $metadata }) => $metadata.httpStatusCode,
    (error) => error.$metadata?.httpStatusCode,
  );

describe("If-None-Match: *", () => {
  test("lets one of twenty simultaneous writers win, in each of five rounds", async () => {
    for (let round = 0; round < 5; round++) {
      Key = `round ${round}`;
      const writers = Array.from({ length: 20 }, (_, writer) =>
        statusOf(put(`writer ${writer}`, { IfNoneMatch: "*" })),
      );
      const statuses = await Promise.all(writers);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 412)).toHaveLength(19);
      expect(await stored()).toBe(`writer ${statuses.indexOf(200)}`);
    }
  });
});

describe("If-Match", () => {
  test("writes over the object that was read, and over no other", async () => {
    const { ETag: first } = await put("first");
    const { ETag: second } = await put("second", { IfMatch: first });
    expect(await statusOf(put("third", { IfMatch: first }))).toBe(412);
    expect(await stored()).toBe("second");
    expect(await statusOf(put("fourth", { IfMatch: second }))).toBe(200);
  });

  test("lets one of twenty simultaneous writers win", async () => {
    const { ETag } = await put("first");
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, writer) => statusOf(put(`${writer}`, { IfMatch: ETag }))),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test("finds nothing where there is no object", async () => {
    expect(await statusOf(put("first", { IfMatch: '"0123"' }))).toBe(404);
  });

  test("removes the object that was read, and no other", async () => {
    const { ETag: first } = await put("first");
    await put("second");
    const remove = (IfMatch: string | undefined) =>
      statusOf(s3.send(new DeleteObjectCommand({ Bucket: services.bucket, Key, IfMatch })));
    expect(await remove(first)).toBe(412);
    expect(await stored()).toBe("second");
    const { ETag: third } = await put("third");
    expect(await remove(third)).toBe(204);
    expect(await remove(third)).toBe(404);
  });
});

describe("a multipart upload", () => {
  test("meets its condition when it is completed", async () => {
    const object = { Bucket: services.bucket, Key };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
    const { ETag } = await s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: "part" }));
    await put("somebody was faster");
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    const complete = (IfNoneMatch?: string) =>
      statusOf(s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload, IfNoneMatch })));
    expect(await complete("*")).toBe(412);
    expect(await complete()).toBe(200);
    expect(await stored()).toBe("part");
  });
});

describe("the servers", () => {
  test("write unconditionally where no condition is given", async () => {
    await put("first");
    await put("second");
    expect(await stored()).toBe("second");
  });

  test("answer with the fault they are told to", async () => {
    fault = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
    await expect(put("first")).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
  });

  test("say in one line that their port is taken", async () => {
    const port = Number(new URL(services.clientConfig.endpoint).port);
    const second = LocalServices.start(DEPLOYED_TIMING, { port });
    await expect(second).rejects.toThrow(PortInUseError);
    await expect(second).rejects.toThrow(new RegExp(`^port ${port} .*$`));
  });
});
