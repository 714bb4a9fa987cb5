import { NotifyingS3, THREE_OTHERS } from "@lotes/local/testing/notifying-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NotificationsChangedError, switchOnEventBridge } from "../src/index.ts";

const NOTIFIED = [
  "arn:aws:lambda:us-east-1:123456789012:function:thumbnails",
  "arn:aws:sqs:us-east-1:123456789012:audit",
  "arn:aws:sns:us-east-1:123456789012:uploads",
];

let s3: NotifyingS3;
beforeEach(async () => {
  s3 = await NotifyingS3.start();
});
afterEach(() => s3[Symbol.asyncDispose]());

const switchOn = () =>
  switchOnEventBridge("the-lake", {
    endpoint: s3.env.AWS_ENDPOINT_URL_S3 ?? "",
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  });

/** A configuration without what differs from writer to writer: the order of its parts, and empty elements. */
const partsOf = (xml: string) =>
  (
    xml.match(
      /<(\w+Configuration)>.*?<\/\1>|<EventBridgeConfiguration ?\/>|<EventBridgeConfiguration><\/EventBridgeConfiguration>/gs,
    ) ?? []
  )
    .map((part) => (part.startsWith("<EventBridge") ? "EventBridge" : part))
    .map(
      (part) =>
        [...part.matchAll(/<(\w+)>([^<]+)</g)]
          .map(([, name, value]) => `${name}=${value}`)
          .toSorted()
          .join(" ") || part,
    )
    .toSorted();

test("is switched on beside all that the bucket notifies, whose every word stays", async () => {
  expect(await switchOn()).toEqual({ switched: true, notified: NOTIFIED });
  expect(partsOf(s3.configuration)).toEqual(["EventBridge", ...partsOf(THREE_OTHERS)].toSorted());
  expect(partsOf(THREE_OTHERS)).toHaveLength(3);
});

test("is not written where it is on already", async () => {
  await switchOn();
  const before = s3.configuration;
  const { length } = s3.requests;
  expect(await switchOn()).toEqual({ switched: false, notified: NOTIFIED });
  expect(s3.requests.slice(length)).toEqual(["GET /the-lake/?notification"]);
  expect(s3.configuration).toBe(before);
});

test("is switched on for a bucket that notifies nobody", async () => {
  s3.configuration = '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>';
  expect(await switchOn()).toEqual({ switched: true, notified: [] });
  expect(partsOf(s3.configuration)).toEqual(["EventBridge"]);
});

test("is switched on as well where S3 tells the same in another order, and leaves out what is empty", async () => {
  s3.configuration = THREE_OTHERS.replace("<Id>audit</Id>", "<Id>audit</Id><Filter><S3Key></S3Key></Filter>");
  s3.after = (request) => {
    if (!request.startsWith("PUT")) return;
    const [, ...parts] = THREE_OTHERS.match(/<(\w+)Configuration>.*?<\/\1Configuration>/gs) ?? [];
    const [first = ""] = THREE_OTHERS.match(/<TopicConfiguration>.*<\/TopicConfiguration>/s) ?? [];
    s3.configuration = `<NotificationConfiguration><EventBridgeConfiguration/>${parts.toReversed().join("")}${first}</NotificationConfiguration>`;
  };
  expect(await switchOn()).toEqual({ switched: true, notified: NOTIFIED });
});

test("is not written when somebody else adds a notification after it was read", async () => {
  const changed = THREE_OTHERS.replaceAll("thumbnails", "pictures");
  s3.after = (_, nth) => {
    if (nth === 1) s3.configuration = changed;
  };
  await expect(switchOn()).rejects.toThrow(NotificationsChangedError);
  expect(s3.configuration).toBe(changed);
  await expect(switchOn()).resolves.toMatchObject({ switched: true });
});

test("tells when somebody else writes a configuration after it was written", async () => {
  s3.after = (request) => {
    if (request.startsWith("PUT")) s3.configuration = THREE_OTHERS.replaceAll("thumbnails", "pictures");
  };
  await expect(switchOn()).rejects.toThrow(
    /^the notifications of the-lake are not what was written, [^\n]+ Written: EventBridge, [^\n]+thumbnails, [^\n]+ There now: arn:aws:lambda:us-east-1:123456789012:function:pictures, [^\n]+$/,
  );
});
