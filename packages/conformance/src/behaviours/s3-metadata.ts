import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Behaviour } from "./behaviour.ts";
import { outcomeOf } from "./outcome.ts";
import { objectOf, type S3Subject } from "./s3-subject.ts";

const METADATA = "S3 User Guide, Working with object metadata";
// Names included.
const MOST_BYTES = 2_048;

export const S3_METADATA: readonly Behaviour<S3Subject>[] = [
  {
    what: "Metadata and content type, in HEAD and in GET",
    aws: "9f2c, tt1,!tt2, application/x-ndjson",
    source: METADATA,
    observe: async ({ store, s3, bucket }) => {
      await store.putIf("metadata/plain", undefined, objectOf("a", { run: "9f2c", ids: "tt1,!tt2" }));
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "metadata/plain" }));
      const got = await store.get("metadata/plain");
      return [head.Metadata?.run, got?.metadata.ids, head.ContentType].join(", ");
    },
  },
  {
    what: "Names of metadata in capitals",
    aws: "run",
    source: METADATA,
    observe: async ({ store }) => {
      await store.putIf("metadata/names", undefined, objectOf("a", { Run: "9f2c" }));
      return Object.keys((await store.get("metadata/names"))?.metadata ?? {}).join(" ");
    },
  },
  {
    what: "Metadata that is not ASCII (`ação`, in UTF-8)",
    aws: "=?UTF-8?B?YcOnw6Nv?=",
    source: METADATA,
    observe: async ({ s3, bucket }) => {
      const at = { Bucket: bucket, Key: "metadata/accents" };
      // Beside a text Node sends the headers in UTF-8, as they were signed; beside bytes in Latin-1, and the signature is wrong.
      await s3.send(new PutObjectCommand({ ...at, Body: "a", Metadata: { title: "ação" } }));
      const { Metadata } = await s3.send(new HeadObjectCommand(at));
      const title = Metadata?.title ?? "none";
      // Node reads headers byte by byte.
      const inUtf8 = Buffer.from(title, "latin1").toString();
      return inUtf8 === "ação" ? "ação, in UTF-8" : title;
    },
  },
  {
    what: `Metadata of ${MOST_BYTES.toLocaleString("en")} bytes, names included, and of one more`,
    aws: "written, 400 MetadataTooLarge",
    source: METADATA,
    observe: async ({ store }) => {
      const put = (key: string, bytes: number) =>
        outcomeOf(store.putIf(key, undefined, objectOf("a", { ids: "i".repeat(bytes - "ids".length) })), "written");
      return `${await put("metadata/most", MOST_BYTES)}, ${await put("metadata/more", MOST_BYTES + 1)}`;
    },
  },
];
