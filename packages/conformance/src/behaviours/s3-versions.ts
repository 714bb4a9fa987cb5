import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { Behaviour } from "./behaviour.ts";
import { outcomeOf } from "./outcome.ts";
import { contentOf, etagOf, objectOf, type S3Subject, written } from "./s3-subject.ts";

const VERSIONS = "S3 User Guide, Retaining multiple versions of objects with S3 Versioning";
const WRITES = "S3 User Guide, Conditional writes";
const NONE = "no version's id";

export const S3_VERSIONS: readonly Behaviour<S3Subject>[] = [
  {
    what: "An earlier version by its id, after it was overwritten",
    aws: 'holds "first"',
    source: VERSIONS,
    observe: async ({ versioned: { store } }) => {
      const etag = await written(store, "version/earlier", "first");
      const { versionId } = (await store.head("version/earlier")) ?? {};
      await store.putIf("version/earlier", etag, objectOf("second"));
      if (versionId === undefined) return NONE;
      return `holds "${(await store.get("version/earlier", versionId))?.body}"`;
    },
  },
  {
    what: "A version by its id, after the object was removed by ETag",
    aws: 'nothing there, the version holds "first"',
    source: VERSIONS,
    observe: async ({ versioned: { store } }) => {
      const etag = await written(store, "version/removed", "first");
      const { versionId } = (await store.head("version/removed")) ?? {};
      await store.removeIf("version/removed", etag);
      if (versionId === undefined) return NONE;
      const version = await store.get("version/removed", versionId);
      return `${await contentOf(store, "version/removed")}, the version holds "${version?.body}"`;
    },
  },
  {
    what: "A write where nothing may be, after a removal",
    aws: 'written, holds "second"',
    source: WRITES,
    observe: async ({ versioned: { store } }) => {
      await store.removeIf("version/again", await written(store, "version/again", "first"));
      const outcome = await outcomeOf(store.putIf("version/again", undefined, objectOf("second")), "written");
      return `${outcome}, ${await contentOf(store, "version/again")}`;
    },
  },
  {
    what: "A write over the ETag of an object that was removed",
    aws: "changed: 404 NoSuchKey, nothing there",
    source: WRITES,
    observe: async ({ versioned: { store } }) => {
      const etag = await written(store, "version/over", "first");
      await store.removeIf("version/over", etag);
      const outcome = await outcomeOf(store.putIf("version/over", etag, objectOf("second")), "written");
      return `${outcome}, ${await contentOf(store, "version/over")}`;
    },
  },
  {
    what: "A version by its id, after that version was deleted for good",
    aws: "nothing there",
    source: VERSIONS,
    observe: async ({ s3, versioned: { store, bucket } }) => {
      await written(store, "version/deleted", "first");
      const { versionId } = (await store.head("version/deleted")) ?? {};
      if (versionId === undefined) return NONE;
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "version/deleted", VersionId: versionId }));
      return (await store.get("version/deleted", versionId)) ? "still there" : "nothing there";
    },
  },
  {
    what: "A write of the same bytes again",
    aws: "the same ETag, another version",
    source: VERSIONS,
    observe: async ({ versioned: { store } }) => {
      const etag = await written(store, "version/same", "first");
      const before = await store.head("version/same");
      await store.putIf("version/same", etag, objectOf("first"));
      const after = await store.head("version/same");
      if (before?.versionId === undefined) return NONE;
      const same = (await etagOf(store, "version/same")) === etag ? "the same ETag" : "another ETag";
      return `${same}, ${after?.versionId === before.versionId ? "the same version" : "another version"}`;
    },
  },
];
