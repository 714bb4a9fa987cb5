import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Behaviour, judged, verdictOn } from "../src/behaviours/behaviour.ts";
import { counted } from "../src/behaviours/outcome.ts";
import { S3_CONDITIONS } from "../src/behaviours/s3-conditions.ts";
import { type S3Subject, s3Subject } from "../src/behaviours/s3-subject.ts";
import { pairName, pairsOf } from "../src/run/pairs.ts";
import { LOCAL_SERVICES } from "../src/servers/local-services-server.ts";
import type { RunningServer } from "../src/servers/server.ts";
import { SERVERS } from "../src/servers/servers.ts";
import { scoreOf, themeTable } from "../src/table.ts";

const THEME = {
  service: "s3",
  title: "S3: a theme",
  behaviours: [
    { what: "A write", aws: "written", source: "A guide" },
    { what: "A removal | by ETag", aws: "removed", source: "A guide" },
    { what: "A version", aws: undefined, source: "A guide" },
  ],
} as const;

const tried = (name: string, services: ("s3" | "sqs")[], came: readonly string[]) => ({
  server: { name, version: "1", services },
  verdicts: new Map(THEME.behaviours.map(({ what, aws }, at) => [what, verdictOn(aws, came[at] ?? "")])),
});

describe("a table", () => {
  const servers = [
    tried("right", ["s3"], ["written", "removed", "there"]),
    tried("other", ["s3", "sqs"], ["written", "501 NotImplemented", "gone"]),
    tried("queues", ["sqs"], []),
  ];

  test("has a server of the service a column, and what AWS says beside what came", () => {
    expect(themeTable(THEME, servers).split("\n")).toEqual([
      "| what | AWS | right | other |",
      "| --- | --- | --- | --- |",
      "| A write | `written` (A guide) | ✓ | ✓ |",
      "| A removal \\| by ETag | `removed` (A guide) | ✓ | not supported: `501 NotImplemented` |",
      "| A version | says nothing (A guide) | `there` | `gone` |",
    ]);
  });

  test("counts what is as documented, of what is documented", () => {
    expect(servers.slice(0, 2).map((server) => scoreOf("s3", [THEME], server))).toEqual(["2 of 2", "1 of 2"]);
  });
});

test("outcomes are counted, the most frequent first", () => {
  expect(counted(["written", "changed", "changed"])).toBe("2 changed, 1 written");
});

test("a server of buckets alone is paired with one of queues", () => {
  expect(pairsOf(SERVERS).map(pairName)).toEqual(["local stack", "moto", "MinIO + ElasticMQ"]);
});

describe("the local stack", () => {
  let server: RunningServer;
  let subject: S3Subject;
  beforeAll(async () => {
    server = await LOCAL_SERVICES.start();
    subject = await s3Subject(server);
  });
  afterAll(async () => {
    subject[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  test.for(S3_CONDITIONS.filter(({ aws }) => aws !== undefined))(
    "does as AWS documents: $what",
    async (behaviour: Behaviour<S3Subject>) => {
      expect(await judged(behaviour, subject)).toEqual({ kind: "as documented" });
    },
  );

  test("is told of what it does not do", async () => {
    const observe = () => Promise.reject(new Error("no such thing"));
    const behaviour = { what: "A wonder", aws: "a wonder", source: "A guide", observe };
    expect(await judged(behaviour, subject)).toEqual({ kind: "differs", came: "Error: no such thing" });
  });
});
