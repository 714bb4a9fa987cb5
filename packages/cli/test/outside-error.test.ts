import { readFileSync } from "node:fs";
import http from "node:http";
import { devNull, tmpdir } from "node:os";
import { GetObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, QueueDoesNotExist, SQSClient } from "@aws-sdk/client-sqs";
import { MessagesRefusedError } from "@lotes/aws";
import { LedgerError, RunFileError, UncertainWriteError } from "@lotes/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { outsideError } from "../src/outside-error.ts";

const KEYS = { accessKeyId: "key", secretAccessKey: "secret" };
const READ = new GetObjectCommand({ Bucket: "lake", Key: "_run.json" });

/** What the work fails with. */
async function errorOf(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

/** The one line that is told of it. */
async function lineOf(work: () => unknown): Promise<string> {
  const line = outsideError(await errorOf(work)) ?? "a bug";
  expect(line).not.toMatch(/[\n\r]|^\s|Error: Error/);
  return line;
}

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((each) => each.startsWith("AWS_"))) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", devNull);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", devNull);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
});
afterEach(() => vi.unstubAllEnvs());

describe("of what the SDK can't do", () => {
  test("a missing region is told with what to set", async () => {
    const line = await lineOf(() => new S3Client({ credentials: KEYS }).send(READ));
    expect(line).toBe("Region is missing; set AWS_REGION to the region that the stage was deployed to");
  });

  test.each([undefined, "nobody"])(
    "missing credentials (of profile %s) are told with how to log in",
    async (profile) => {
      vi.stubEnv("AWS_PROFILE", profile);
      const line = await lineOf(() => new S3Client({ region: "us-east-1" }).send(READ));
      expect(line).toMatch(/^CredentialsProviderError: .*; log in to AWS again .*aws sso login.*AWS_PROFILE/);
    },
  );

  test.each([
    ["ECONNREFUSED", "http://127.0.0.1:1"],
    ["ENOTFOUND", "http://nowhere.invalid"],
  ])("a server that can't be reached (%s) is told as the network", async (_, endpoint) => {
    const config = { region: "us-east-1", credentials: KEYS, maxAttempts: 1, endpoint };
    const line = await lineOf(() => new SQSClient(config).send(new GetQueueAttributesCommand({ QueueUrl: endpoint })));
    expect(line).toContain("see whether `lotes local` is still up");
  });

  test("a server that does not answer is told as the network", async () => {
    const silent = http.createServer().listen(0, "127.0.0.1");
    const endpoint = await new Promise<string>((resolve) =>
      silent.once("listening", () => resolve(`http://127.0.0.1:${(silent.address() as { port: number }).port}`)),
    );
    const requestHandler = { requestTimeout: 100, throwOnRequestTimeout: true };
    const config = { region: "us-east-1", credentials: KEYS, maxAttempts: 1, endpoint, requestHandler };
    const line = await lineOf(() => new S3Client(config).send(READ));
    expect(line).toMatch(/^TimeoutError: .*; see whether/);
    silent.closeAllConnections();
    silent.close();
  });

  test("a certificate of nobody's is told as the network", async () => {
    const error = Object.assign(new Error("self-signed certificate in certificate chain"), {
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    expect(outsideError(error)).toMatch(/^self-signed certificate in certificate chain; see whether/);
  });
});

describe("of what AWS answers", () => {
  test.each([
    ["ExpiredToken", "log in to AWS again"],
    ["ExpiredTokenException", "log in to AWS again"],
    ["InvalidClientTokenId", "log in to AWS again"],
    ["InvalidAccessKeyId", "log in to AWS again"],
    ["SignatureDoesNotMatch", "log in to AWS again"],
    ["RequestTimeTooSkewed", "clock"],
    ["AccessDenied", "ask for the permission"],
    ["AccessDeniedException", "ask for the permission"],
    ["NoSuchBucket", "--stage, AWS_PROFILE and AWS_REGION"],
    ["AWS.SimpleQueueService.NonExistentQueue", "--stage, AWS_PROFILE and AWS_REGION"],
    ["PermanentRedirect", "set AWS_REGION"],
    ["SlowDown", "try again"],
  ])("%s is told with what to do", (name, advice) => {
    const error = new S3ServiceException({ name, message: "said AWS", $fault: "client", $metadata: {} });
    expect(outsideError(error)).toMatch(new RegExp(`^${name}: said AWS; .*${advice}`));
  });

  test("a queue that is gone is told with where to look", () => {
    const error = new QueueDoesNotExist({ message: "The specified queue does not exist.", $metadata: {} });
    expect(outsideError(error)).toContain("The specified queue does not exist.; the stage was removed");
  });

  test("anything else is told in its own words", () => {
    const error = new S3ServiceException({ name: "NewKind", message: "of\n today", $fault: "server", $metadata: {} });
    expect(outsideError(error)).toBe("NewKind: of today");
  });
});

describe("of the operating system's", () => {
  test("a directory in a file's place is told in its words", async () => {
    expect(await lineOf(() => readFileSync(tmpdir()))).toContain("EISDIR: ");
  });

  test.each(["EACCES", "EPERM", "EMFILE", "ENFILE", "ENOSPC", "EROFS", "EIO", "ENOTDIR", "ELOOP", "ENAMETOOLONG"])(
    "%s is no bug",
    (code) => {
      const error = Object.assign(new Error(`${code}: no, open 'movies.csv'`), { code, errno: -1, syscall: "open" });
      expect(outsideError(error)).toMatch(new RegExp(`^${code}: no, open 'movies.csv'(; .*)?$`));
    },
  );

  test("a folder that was removed while one is in it is told with what to do", () => {
    // A process has one such folder, and this one has its tests in it: so the error is made as Node makes it.
    const message = "ENOENT: process.cwd failed with error no such file or directory, uv_cwd";
    const error = Object.assign(new Error(message), { code: "ENOENT", errno: -2, syscall: "uv_cwd" });
    expect(outsideError(error)).toBe(`${message}; this folder was removed: go to one that is there`);
  });

  test("what fails at each of several addresses is told once", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1:80"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
    const error = Object.assign(new AggregateError([refused, refused]), { code: "ECONNREFUSED" });
    expect(outsideError(error)).toMatch(/^connect ECONNREFUSED ::1:80; see whether/);
  });
});

test.each([new RunFileError("the run"), new LedgerError("the run"), new MessagesRefusedError("the run")])(
  "%s, which the project foresaw, is told in its words",
  (error) => expect(outsideError(error)).toBe(`${error.name}: the run`),
);

test("an error that has another as its cause is told by what it says", () => {
  const cause = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  expect(outsideError(new UncertainWriteError("lote_1.json", { cause }))).toMatch(
    /^UncertainWriteError: .*; see whether/,
  );
});

test.each([
  new TypeError("x is not a function"),
  new RangeError("Maximum call stack size exceeded"),
  new Error("can't be"),
  new SyntaxError("Unexpected token"),
  Object.assign(new TypeError("must be a string"), { code: "ERR_INVALID_ARG_TYPE" }),
])("%s is a bug, whose stack is wanted", (error) => expect(outsideError(error)).toBeUndefined());
