import type { ObjectSummary, StoredObject } from "../ports.ts";

/** An object that holds entries of a ledger: the whole of it, or a part. */
export type LedgerPiece = StoredObject & { readonly key: string };

export type KeyAndEtag = Pick<ObjectSummary, "key" | "etag">;

/** Whether objects are as they were. */
export function areSame(before: readonly KeyAndEtag[], now: readonly KeyAndEtag[]): boolean {
  const known = new Map(before.map(({ key, etag }) => [key, etag]));
  return now.length === before.length && now.every(({ key, etag }) => known.get(key) === etag);
}
