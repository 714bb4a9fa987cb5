import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Behaviour } from "./behaviour.ts";
import { unless } from "./outcome.ts";
import { objectOf, type S3Subject, written } from "./s3-subject.ts";

const LIST = "S3 API Reference, ListObjectsV2";
// One more than S3 puts on a page.
const MORE_THAN_A_PAGE = 1_001;
const AT_ONCE = 20;

export const S3_LISTS: readonly Behaviour<S3Subject>[] = [
  {
    what: `A list of ${MORE_THAN_A_PAGE.toLocaleString("en")} objects, by pages`,
    aws: "each once, 2 pages",
    source: LIST,
    observe: async ({ store, s3, bucket }) => {
      const keys = Array.from({ length: MORE_THAN_A_PAGE }, (_, nth) => `pages/lote_${nth}.json`);
      const left = keys.values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const key of left) await store.putIf(key, undefined, objectOf("a"));
        }),
      );
      const listed = await Array.fromAsync(store.list("pages/"), ({ key }) => key);
      const first = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "pages/" }));
      const isEachOnce = listed.length === keys.length && new Set(listed).size === keys.length;
      if (!isEachOnce) return `${listed.length} keys, ${new Set(listed).size} different ones`;
      return first.IsTruncated && first.KeyCount === 1_000
        ? "each once, 2 pages"
        : `${first.KeyCount} on the first page`;
    },
  },
  {
    what: "The order of a list: by the bytes of UTF-8",
    aws: "B _ a a-b é ﬀ 😀",
    source: LIST,
    observe: async ({ store }) => {
      for (const name of ["😀", "é", "a", "ﬀ", "_", "B", "a-b"]) await written(store, `order/${name}`, "a");
      return (await Array.fromAsync(store.list("order/"), ({ key }) => key.slice("order/".length))).join(" ");
    },
  },
  {
    what: "Two objects, the key of one of which goes on after the other's with a slash",
    aws: "below/a below/a/b",
    source: "S3 User Guide, Naming objects",
    observe: async ({ store }) => {
      for (const key of ["below/a", "below/a/b"]) await written(store, key, "a");
      return (await Array.fromAsync(store.list("below/"), ({ key }) => key)).join(" ");
    },
  },
  {
    what: "What lies directly under a prefix (`Delimiter`)",
    aws: "folders folder/Raw/Local/; objects folder/Raw/a.csv",
    source: LIST,
    observe: async ({ store }) => {
      for (const key of ["Raw/a.csv", "Raw/Local/b.csv", "Raw/Local/CSV/c.csv", "raw/d.csv"]) {
        await written(store, `folder/${key}`, "a");
      }
      const { folders, objects } = await store.folder("folder/Raw/");
      return `folders ${folders.join(" ")}; objects ${objects.map(({ key }) => key).join(" ")}`;
    },
  },
  {
    what: "A list of nothing, and a prefix that is part of a name",
    aws: "0, 2",
    source: LIST,
    observe: async ({ store }) => {
      for (const name of ["lote_1", "lote_10", "lot"]) await written(store, `prefix/${name}`, "a");
      const none = await Array.fromAsync(store.list("prefix/none"));
      const some = await Array.fromAsync(store.list("prefix/lote_1"));
      return `${none.length}, ${some.length}`;
    },
  },
  {
    what: "The time of the last change, in the list and in GET",
    aws: "now, to the second",
    source: LIST,
    observe: async ({ store }) => {
      const before = Math.floor(Date.now() / 1_000) * 1_000;
      await written(store, "time/a", "a");
      const [listed] = await Array.fromAsync(store.list("time/"));
      const got = await store.get("time/a");
      const times = [listed?.modifiedAt, got?.modifiedAt].map((time) => time?.getTime() ?? 0);
      return unless(
        {
          "not before the write": times.every((time) => time >= before),
          "not in the future": times.every((time) => time <= Date.now() + 1_000),
        },
        "now, to the second",
      );
    },
  },
];
