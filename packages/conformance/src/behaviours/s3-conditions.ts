import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { Behaviour } from "./behaviour.ts";
import { counted, outcomeOf } from "./outcome.ts";
import { contentOf, etagOf, objectOf, type S3Subject, written } from "./s3-subject.ts";

const WRITES = "S3 User Guide, Conditional writes";
const DELETES = "S3 User Guide, Conditional deletes";
const OTHER_ETAG = "00000000000000000000000000000000";
const AT_ONCE = 20;
const FAILED = "changed: 412 PreconditionFailed";

/** How many of some writers got their way, whatever the others were told. */
async function winners(writes: readonly Promise<unknown>[]): Promise<string> {
  const outcomes = await Promise.all(writes.map((write) => outcomeOf(write, "written")));
  return counted(outcomes.map((outcome) => (/^changed: (409|412) /.test(outcome) ? "changed" : outcome)));
}

export const S3_CONDITIONS: readonly Behaviour<S3Subject>[] = [
  {
    what: "A write where nothing may be (`If-None-Match: *`), and nothing is",
    aws: 'written, holds "a"',
    source: WRITES,
    observe: async ({ store }) => {
      const outcome = await outcomeOf(store.putIf("new/empty", undefined, objectOf("a")), "written");
      return `${outcome}, ${await contentOf(store, "new/empty")}`;
    },
  },
  {
    what: "The same where an object is",
    aws: `${FAILED}, holds "a"`,
    source: WRITES,
    observe: async ({ store }) => {
      await written(store, "new/there", "a");
      const outcome = await outcomeOf(store.putIf("new/there", undefined, objectOf("b")), "written");
      return `${outcome}, ${await contentOf(store, "new/there")}`;
    },
  },
  {
    what: "A write over the object of an ETag (`If-Match`)",
    aws: 'written, holds "b"',
    source: WRITES,
    observe: async ({ store }) => {
      const etag = await written(store, "over/same", "a");
      const outcome = await outcomeOf(store.putIf("over/same", etag, objectOf("b")), "written");
      return `${outcome}, ${await contentOf(store, "over/same")}`;
    },
  },
  {
    what: "The same over an object of another ETag",
    aws: `${FAILED}, holds "a"`,
    source: WRITES,
    observe: async ({ store }) => {
      await written(store, "over/other", "a");
      const outcome = await outcomeOf(store.putIf("over/other", OTHER_ETAG, objectOf("b")), "written");
      return `${outcome}, ${await contentOf(store, "over/other")}`;
    },
  },
  {
    what: "The same where nothing is",
    aws: "changed: 404 NoSuchKey, nothing there",
    source: WRITES,
    observe: async ({ store }) => {
      const outcome = await outcomeOf(store.putIf("over/none", OTHER_ETAG, objectOf("b")), "written");
      return `${outcome}, ${await contentOf(store, "over/none")}`;
    },
  },
  {
    what: `${AT_ONCE} writers at once where nothing is; the others get 409 or 412`,
    aws: `${AT_ONCE - 1} changed, 1 written`,
    source: WRITES,
    observe: ({ store }) =>
      winners(Array.from({ length: AT_ONCE }, (_, nth) => store.putIf("race/new", undefined, objectOf(`${nth}`)))),
  },
  {
    what: `${AT_ONCE} writers at once over one ETag`,
    aws: `${AT_ONCE - 1} changed, 1 written`,
    source: WRITES,
    observe: async ({ store }) => {
      const etag = await written(store, "race/over", "first");
      return winners(Array.from({ length: AT_ONCE }, (_, nth) => store.putIf("race/over", etag, objectOf(`${nth}`))));
    },
  },
  {
    what: "A removal of the object of an ETag",
    aws: "removed, nothing there",
    source: DELETES,
    observe: async ({ store }) => {
      const etag = await written(store, "remove/same", "a");
      const outcome = await outcomeOf(store.removeIf("remove/same", etag), "removed");
      return `${outcome}, ${await contentOf(store, "remove/same")}`;
    },
  },
  {
    what: "A removal of an object that has another ETag",
    aws: `${FAILED}, holds "a"`,
    source: DELETES,
    observe: async ({ store }) => {
      await written(store, "remove/other", "a");
      const outcome = await outcomeOf(store.removeIf("remove/other", OTHER_ETAG), "removed");
      return `${outcome}, ${await contentOf(store, "remove/other")}`;
    },
  },
  {
    what: "A removal by ETag where nothing is, by a plain client; the pipeline takes 404 and 204 for the same",
    aws: undefined,
    source: DELETES,
    observe: ({ s3, bucket }) =>
      outcomeOf(
        s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "remove/none", IfMatch: `"${OTHER_ETAG}"` })),
        "204",
      ),
  },
  {
    what: "The ETag in the list, in HEAD and in GET, and of the same bytes written again: MD5 with S3's own keys",
    aws: "all the same: 0cc175b9c0f1b6a831c399e269772661",
    source: "S3 API Reference, Object",
    observe: async ({ store }) => {
      const etag = await written(store, "etag/a", "a");
      const [listed] = await Array.fromAsync(store.list("etag/a"));
      await store.putIf("etag/a", etag, objectOf("a"));
      const all = [etag, listed?.etag, (await store.get("etag/a"))?.etag, await etagOf(store, "etag/a")];
      return new Set(all).size === 1 ? `all the same: ${etag}` : all.join(", ");
    },
  },
];
