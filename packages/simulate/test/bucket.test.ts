import { expect, test } from "vitest";
import { Bucket, MetadataTooLarge, NoObject, PreconditionFailed } from "../src/bucket.ts";
import { VirtualTime } from "../src/virtual-time.ts";

function bucket(opaqueEtags = false): Bucket {
  return new Bucket({ time: new VirtualTime(), epochMs: 0, opaqueEtags, keepsVersions: true });
}

test("a write on a condition is done only where the condition holds", () => {
  const lake = bucket();
  expect(() => lake.put("key", "body", {}, { ifMatch: '"etag"' })).toThrow(NoObject);
  const { etag } = lake.put("key", "body", {}, { ifNoneMatch: "*" });
  expect(() => lake.put("key", "other", {}, { ifNoneMatch: "*" })).toThrow(PreconditionFailed);
  lake.put("key", "other", {}, { ifMatch: `"${etag}"` });
  expect(() => lake.put("key", "third", {}, { ifMatch: `"${etag}"` })).toThrow(PreconditionFailed);
  expect(lake.get("key")?.body).toBe("other");
});

test("a removal on a condition is too, and removes what is there", () => {
  const lake = bucket();
  const { etag } = lake.put("key", "body", {});
  expect(() => lake.remove("key", { ifMatch: '"another"' })).toThrow(PreconditionFailed);
  lake.remove("key", { ifMatch: `"${etag}"` });
  expect(lake.get("key")).toBeUndefined();
  expect(() => lake.remove("key", { ifMatch: `"${etag}"` })).toThrow(NoObject);
});

test("the same bytes have the same ETag, but not where ETags are opaque", () => {
  const etags = (lake: Bucket) => [lake.put("a", "body", {}).etag, lake.put("b", "body", {}).etag];
  const [a, b] = etags(bucket());
  expect(a).toBe(b);
  const [opaque, other] = etags(bucket(true));
  expect(opaque).not.toBe(other);
});

test("keys come sorted, by their prefix", () => {
  const lake = bucket();
  for (const key of ["lote_2", "lote_10", "run", "lote_1"]) lake.put(key, "", {});
  expect(lake.keys("lote_")).toEqual(["lote_1", "lote_10", "lote_2"]);
});

test("metadata of more than 2 kB is refused", () => {
  expect(() => bucket().put("key", "", { ids: "x".repeat(2_046) })).toThrow(MetadataTooLarge);
});
