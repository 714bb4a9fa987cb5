import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, inject, test } from "vitest";
import { evaluateStack, resourceOf, resourcesOf } from "./support/stack-graph.ts";

const prod = inject("prod");

describe.each(["dev", "prod"] as const)("the bucket of %s", (stage) => {
  const graph = inject(stage);

  test("is closed to the public", () => {
    expect(resourceOf(graph, "BucketPublicAccessBlock")).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  });

  test("lets no website in", () => {
    expect(graph.resources.filter(({ type }) => /cors/i.test(type))).toEqual([]);
  });

  test("refuses requests without TLS, and grants nothing to anybody", () => {
    const { statements } = JSON.parse(resourceOf(graph, "BucketPolicy").policy as string);
    const bucket = `arn:aws:s3:::${resourceOf(graph, "Bucket").bucket}`;
    expect(statements).toEqual([
      {
        effect: "Deny",
        principals: [{ type: "*", identifiers: ["*"] }],
        actions: ["s3:*"],
        resources: [bucket, `${bucket}/*`],
        conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
      },
    ]);
  });

  test("keeps old versions for 30 days, and the parts of uploads that were given up for 7", () => {
    expect(resourceOf(graph, "BucketVersioning")).toMatchObject({ versioningConfiguration: { status: "Enabled" } });
    expect(resourceOf(graph, "BucketLifecycleConfiguration").rules).toEqual([
      {
        id: "old-versions-and-aborted-uploads",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });
});

describe("what sst remove leaves of the data", () => {
  test("is all of it in prod, where it is refused besides", () => {
    expect(prod.app).toMatchObject({ removal: "retain", protect: true });
    expect(resourceOf(prod, "Bucket").forceDestroy).toBe(false);
  });

  test("is nothing in any other stage", () => {
    const dev = inject("dev");
    expect(dev.app).toMatchObject({ removal: "remove", protect: false });
    expect(resourceOf(dev, "Bucket").forceDestroy).toBe(true);
  });
});

describe("an upload of movies.csv", () => {
  test("calls the producer, whoever uploads it and however", () => {
    expect(resourceOf(prod, "BucketNotification")).toMatchObject({
      lambdaFunctions: [
        {
          events: ["s3:ObjectCreated:*"],
          filterPrefix: "Raw/Local/CSV/Movies/",
          filterSuffix: "/movies.csv",
          lambdaFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:lotes-prod-producer",
        },
      ],
      queues: [],
      topics: [],
    });
  });

  test("is told by this bucket of this account only", () => {
    expect(resourceOf(prod, "Permission")).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "s3.amazonaws.com",
      sourceArn: `arn:aws:s3:::${resourceOf(prod, "Bucket").bucket}`,
      sourceAccount: "123456789012",
    });
  });
});

describe("an existing bucket", () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** S3 as far as the deployment asks it: for the bucket's notifications. */
  async function s3Answering(status: number, body: string): Promise<Record<string, string>> {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      DATA_LAKE_BUCKET: "the-lake",
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
  }

  function notifying(...functions: string[]): string {
    const each = functions.map(
      (name) =>
        `<CloudFunctionConfiguration><Id>${name}</Id><CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:${name}</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration>`,
    );
    return `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${each.join("")}</NotificationConfiguration>`;
  }

  test("stays as it is, and only gets the notification", async () => {
    const graph = await evaluateStack("prod", await s3Answering(200, notifying()));
    const ofS3 = graph.resources.filter(
      ({ type, inputs }) => type.startsWith("aws:s3/") && inputs.bucket !== "asset-bucket",
    );
    expect(ofS3.map(({ type }) => type).sort()).toEqual([
      // Looked up, not created: Pulumi reports both alike, one without inputs.
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketNotification:BucketNotification",
    ]);
    expect(resourceOf(graph, "Bucket")).toEqual({});
    expect(graph.handlers.map(({ links }) => links.DataLake)).toEqual(
      Array(3).fill(expect.objectContaining({ name: expect.any(String) })),
    );
  });

  test("is taken again by the stage that has it", async () => {
    const env = await s3Answering(200, notifying("lotes-prod-producer"));
    const graph = await evaluateStack("prod", env);
    expect(resourcesOf(graph, "BucketNotification")).toHaveLength(1);
  });

  test("is refused when it notifies somebody else, who would be cut off", async () => {
    const env = await s3Answering(200, notifying("lotes-prod-producer", "thumbnails"));
    await expect(evaluateStack("prod", env)).rejects.toThrow(
      /the-lake has notifications of its own \(to arn:aws:lambda:us-east-1:123456789012:function:thumbnails\)/,
    );
  });

  test("is refused when it notifies another stage", async () => {
    const env = await s3Answering(200, notifying("lotes-prod-producer"));
    await expect(evaluateStack("dev", env)).rejects.toThrow(/has notifications of its own/);
  });

  test("is refused with one clear line when it can't be looked at", async () => {
    const env = await s3Answering(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
    await expect(evaluateStack("prod", env)).rejects.toThrow(
      /the notifications of the-lake can't be read \(Access Denied\): .* s3:GetBucketNotification/,
    );
  });
});
