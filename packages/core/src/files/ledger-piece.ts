import type { ObjectSummary, StoredObject } from "../ports.ts";
import type { PackedText } from "./packed-text.ts";

/** An object that holds entries of a ledger: the whole of it, or a part. */
export interface LedgerPiece extends StoredObject {
  readonly key: string;
  /** The same as the body, where this process keeps it packed. */
  readonly packed?: PackedText;
}

export type KeyAndEtag = Pick<ObjectSummary, "key" | "etag">;

/** Whether objects are as they were. */
export function areSame(before: readonly KeyAndEtag[], now: readonly KeyAndEtag[]): boolean {
  const known = new Map(before.map(({ key, etag }) => [key, etag]));
  return now.length === before.length && now.every(({ key, etag }) => known.get(key) === etag);
}
