import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { resourceOf } from "./support/stack-graph.ts";
import { evaluatedStages, TOLD } from "./support/stages.ts";

const stages = await evaluatedStages();

const prod = stages.prod;

describe.each(["dev", "prod"] as const)("the bucket of %s", (stage) => {
  const graph = stages[stage];

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

  test("sends its events to EventBridge, so that a new manifest can start the next step", () => {
    expect(resourceOf(graph, "BucketNotification").eventbridge).toBe(true);
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

describe("the encryption of the bucket", () => {
  test("is by the key of KMS_KEY_ARN, with few requests to KMS", () => {
    expect(resourceOf(stages.told, "BucketServerSideEncryptionConfiguration")).toEqual({
      bucket: resourceOf(stages.told, "Bucket").bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: TOLD.KMS_KEY_ARN },
          bucketKeyEnabled: true,
        },
      ],
    });
  });

  test("is S3's own without one, and an existing bucket's stays", () => {
    const types = [stages.prod, stages.shared].map(({ resources }) => resources.map(({ type }) => type).join());
    expect(types.join()).not.toContain("EncryptionConfiguration");
  });
});

describe("records of six months", () => {
  const rules = resourceOf(stages.told, "BucketLifecycleConfiguration").rules as readonly Record<string, unknown>[];

  test("expire with EXPIRE_RECORDS_DAYS, their old versions too, and no CSV does", () => {
    expect(rules.find(({ id }) => id === "records")).toEqual({
      id: "records",
      status: "Enabled",
      filter: { prefix: "Raw/TMDB/JSON/Movies/" },
      expiration: { days: 150 },
      noncurrentVersionExpiration: { noncurrentDays: 30 },
    });
    expect(rules.filter(({ expiration }) => (expiration as { days?: number }).days !== undefined)).toHaveLength(1);
  });

  test("expire in a bucket that existed already by the same rule, as docs/deployment.md has it", async () => {
    const document = await readFile(new URL("../../docs/deployment.md", import.meta.url), "utf8");
    const [, json = ""] = /```json\n(\{\s*"Rules".*?)```/s.exec(document) ?? [];
    const told = JSON.parse(json, (_, value) => (isObject(value) ? withSmallLetters(value) : value));
    expect(told).toEqual({ rules: [rules.find(({ id }) => id === "records")] });
  });
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** S3's own names in the way in which Pulumi writes them. */
function withSmallLetters(value: Record<string, unknown>): Record<string, unknown> {
  const small = (name: string) => (name === "ID" ? "id" : name.charAt(0).toLowerCase() + name.slice(1));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [small(name), each]));
}

describe("what sst remove leaves of the data", () => {
  test("is all of it in prod, where it is refused besides", () => {
    expect(prod.app).toMatchObject({ removal: "retain", protect: true });
    expect(resourceOf(prod, "Bucket").forceDestroy).toBe(false);
  });

  test("is nothing in any other stage", () => {
    const dev = stages.dev;
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
