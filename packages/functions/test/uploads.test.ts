import { inputKey } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { csvSelecting, movieIds } from "@lotes/core/testing/movie-rows";
import { eventBridgeEvent, s3Event } from "@lotes/local";
import { describe, expect, test } from "vitest";
import { producerHandler } from "../src/producer-handler.ts";
import { uploadsIn } from "../src/uploads.ts";

const KEY = inputKey("2026/11/23");
const SEQUENCER = "0067A3FA6A303C91A8";
const object = (key = KEY, etag = "f50341a4fa42e09016e76d7878c4fdc5") => ({
  bucket: "the-lake",
  key,
  etag,
  size: 6904,
});

/** Each as its documentation shows it, with what is not looked at left out. */
const ofS3 = (key: string, eventName = "ObjectCreated:Put") => ({
  Records: [
    {
      eventSource: "aws:s3",
      eventName,
      s3: { bucket: { name: "the-lake" }, object: { key, size: 5, eTag: "abc", sequencer: SEQUENCER } },
    },
  ],
});
const ofEventBridge = (key: string, detailType = "Object Created", source = "aws.s3") => ({
  version: "0",
  "detail-type": detailType,
  source,
  detail: {
    bucket: { name: "the-lake" },
    object: { key, size: 5, etag: "abc", "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", sequencer: SEQUENCER },
    reason: "PutObject",
  },
});

describe("one upload", () => {
  const keys = ["a b", "São João", "1+1=2", "50%", "%2F", "%zz", "a&b", "(a)!*'", "日本", "?#", '"', "a\tb"];

  test.each(keys.map((folder) => `Raw/Local/CSV/Movies/${folder}/movies.csv`))(
    "is the same from S3 and from EventBridge: %s",
    (key) => {
      const upload = { ...object(key), sequencer: SEQUENCER };
      expect(uploadsIn(s3Event(object(key), SEQUENCER))).toEqual([{ upload }]);
      expect(uploadsIn(eventBridgeEvent(object(key), SEQUENCER))).toEqual([{ upload }]);
    },
  );

  test.each([
    ["617f08299329d189", "00617F08299329D189"],
    ["00617f08299329d189", "00617F08299329D189"],
    ["00617F08299329D189", "00617F08299329D189"],
    // Of another length: nobody knows what would be missing.
    ["617F0829", "617F0829"],
  ])("is the same however its sequencer %s is written", (written, sequencer) => {
    expect(uploadsIn(s3Event(object(), written))).toEqual([{ upload: { ...object(), sequencer } }]);
    expect(uploadsIn(eventBridgeEvent(object(), written))).toEqual([{ upload: { ...object(), sequencer } }]);
  });

  test.each([
    ["in parts", '"9bb58f26192e4ba00f01e2e7b136bbd8-21"', "9bb58f26192e4ba00f01e2e7b136bbd8-21"],
    ["with an ETag in quotes", '"abc"', "abc"],
  ])("%s has the ETag that S3 is asked for", (_, written, etag) => {
    for (const event of [s3Event(object(KEY, written), SEQUENCER), eventBridgeEvent(object(KEY, written), SEQUENCER)])
      expect(uploadsIn(event)).toEqual([{ upload: { ...object(KEY, etag), sequencer: SEQUENCER } }]);
  });
});

describe("an upload into a store of S3's kind", () => {
  const [record] = s3Event(object(), SEQUENCER).Records;
  const told = (changes: object) => uploadsIn({ Records: [{ ...record, ...changes }] });

  test("is told of by events of the store's own name, as MinIO writes them", () => {
    const changes = { eventSource: "minio:s3", eventName: "s3:ObjectCreated:CompleteMultipartUpload" };
    expect(told(changes)).toEqual([{ upload: { ...object(), sequencer: SEQUENCER } }]);
  });

  test("has its place in the order by the time of an event without a sequencer, as moto writes them", () => {
    const { sequencer: _, ...withoutSequencer } = record?.s3.object ?? {};
    const at = (eventTime: string) => told({ eventTime, s3: { ...record?.s3, object: withoutSequencer } });
    const first = at("2026-11-28T12:00:00.001Z");
    expect(first).toEqual([{ upload: { ...object(), sequencer: "0001A22206CA010000" } }]);
    expect(at("2026-11-28T12:00:00.001Z")).toEqual(first);
    expect(at("2026-11-28T12:00:00.002Z")).toEqual([{ upload: { ...object(), sequencer: "0001A22206CA020000" } }]);
    expect(at("some day")).toEqual([{ unreadable: expect.stringContaining("s3.object.sequencer is missing") }]);
    expect(told({ eventTime: "some day" })).toEqual([{ upload: { ...object(), sequencer: SEQUENCER } }]);
  });
});

/** The handler over a bucket that holds one CSV, and what it logs and sends. */
async function producer() {
  const store = new MemoryStore();
  await store.overwrite(KEY, csvSelecting(movieIds(1)));
  const logged: string[] = [];
  const sent: string[] = [];
  const log = {
    info: () => {},
    warn: (message: string) => logged.push(message),
    error: (message: string) => logged.push(message),
    appendKeys: () => {},
  };
  const queue = {
    send: async (messages: readonly { body: string }[]) => void sent.push(...messages.map((m) => m.body)),
  };
  const handler = producerHandler({
    store,
    loteQueue: queue,
    deadLetterQueue: { send: async () => {} },
    filter: { minYear: 1960, minVotes: 10_000, genres: ["crime", "war"] },
    loteSize: 100,
    maxMalformedPercent: 1,
    requestsPerSecond: 40,
    reuse: { hours: 0, origin: "origin" },
    logger: { createChild: () => log },
    metrics: { add() {}, addFailed() {}, publishedAfter: (work) => work() },
  });
  const invoke = (event: unknown) => handler(event, { awsRequestId: "request" });
  const upload = { ...object(), etag: (await store.head(KEY))?.etag ?? "" };
  return { invoke, store, logged, sent, upload };
}

describe("both events of one upload", () => {
  test.each([
    ["S3's first", [s3Event, eventBridgeEvent]],
    ["EventBridge's first", [eventBridgeEvent, s3Event]],
  ])("are one run, %s", async (_, events) => {
    const { invoke, sent, logged, upload } = await producer();
    for (const event of events) await invoke(event(upload, SEQUENCER));
    expect(sent).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  test("are one run when they come at the same time", async () => {
    const { invoke, sent, upload } = await producer();
    await Promise.all([s3Event, eventBridgeEvent].map((event) => invoke(event(upload, SEQUENCER))));
    // A lote that is sent twice is harmless; another run would not be.
    expect(new Set(sent.map((body) => JSON.parse(body).run)).size).toBe(1);
  });
});

describe("what is no new movies.csv is ignored with one line", () => {
  test.each([
    [
      "an object elsewhere",
      ofEventBridge("Raw/other.csv"),
      "the key is not of the form Raw/Local/CSV/Movies/{yyyy}/{mm}/{dd}/movies.csv",
    ],
    [
      "a key that is decoded already",
      ofEventBridge(KEY.replaceAll("/", "%2F")),
      "the key is not of the form Raw/Local/CSV/Movies/{yyyy}/{mm}/{dd}/movies.csv",
    ],
    [
      "a removed object, by EventBridge",
      ofEventBridge(KEY, "Object Deleted"),
      `EventBridge's event is "Object Deleted" of aws.s3`,
    ],
    [
      "new tags, by EventBridge",
      ofEventBridge(KEY, "Object Tags Added"),
      `EventBridge's event is "Object Tags Added" of aws.s3`,
    ],
    [
      "another service's event",
      ofEventBridge(KEY, "Object Created", "my.app"),
      `EventBridge's event is "Object Created" of my.app`,
    ],
    [
      "a schedule",
      { source: "aws.events", "detail-type": "Scheduled Event", detail: {} },
      `EventBridge's event is "Scheduled Event" of aws.events`,
    ],
    [
      "a removed object, by S3",
      { Records: [{ eventSource: "aws:s3", eventName: "ObjectRemoved:Delete", s3: { object: { key: KEY } } }] },
      "S3's event is ObjectRemoved:Delete",
    ],
    [
      "a message of a queue",
      { Records: [{ eventSource: "aws:sqs", body: "{}" }] },
      "the event is of aws:sqs, and not of S3",
    ],
    [
      "S3's test",
      { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "the-lake" },
      "S3 only tries its notification",
    ],
    ["anything", { a: 1, b: 2 }, "the event is neither of S3 nor of EventBridge: it has a, b"],
    ["an empty event", {}, "the event is neither of S3 nor of EventBridge: it is empty"],
    ["no event", null, "the event is neither of S3 nor of EventBridge: object"],
    ["a text", "hello", "the event is neither of S3 nor of EventBridge: string"],
  ])("%s", async (_, event, why) => {
    const { invoke, logged, sent } = await producer();
    await invoke(event);
    expect(logged).toEqual([`ignored: ${why}`]);
    expect(sent).toEqual([]);
  });
});

describe("a new object that the event does not name whole fails, so that Lambda keeps the event", () => {
  const created = ofEventBridge(KEY);
  const without = { ...created, detail: { ...created.detail, object: { key: KEY, size: 5, etag: "abc" } } };

  test.each([
    [
      "by EventBridge",
      without,
      `the event can't be read: of "Object Created", object.sequencer is missing or something else. Upload the CSV again`,
    ],
    ["by EventBridge, of nothing", { ...created, detail: null }, /^the event can't be read: of "Object Created", /],
    [
      "by S3",
      ofS3("%zz"),
      "the event can't be read: of ObjectCreated:Put, s3.object.key is missing or something else. Upload the CSV again",
    ],
    ["by S3, not in UTF-8", ofS3("%ff"), /s3\.object\.key is missing or something else/],
    [
      "by nobody",
      { Records: [{}] },
      "the event can't be read: of ObjectCreated:, s3 is missing or something else. Upload the CSV again",
    ],
  ])("%s", async (_, event, message) => {
    const { invoke } = await producer();
    await expect(invoke(event)).rejects.toThrow(message);
  });

  test("after the others of the same event were worked on", async () => {
    const { invoke, sent, upload } = await producer();
    const { Records } = s3Event(upload, SEQUENCER);
    await expect(invoke({ Records: [{}, ...Records] })).rejects.toThrow("can't be read");
    expect(sent).toHaveLength(1);
  });
});
