import { setTimeout as delay } from "node:timers/promises";
import {
  type NewObject,
  ObjectChangedError,
  type ObjectHead,
  type ObjectStore,
  type Pieces,
  type StoredObject,
  UncertainWriteError,
} from "../ports.ts";

/** What is to become of an object: a new content, its removal, or (undefined) nothing. */
type Next = NewObject<string | Pieces> | "remove" | undefined;

/** What a look at an object has led to. Whatever else was found out stands beside it. */
export interface Change {
  readonly next: Next;
}

/** The change that was made, with the ETag of what was written. */
export type Done<Made extends Change> = Made & { readonly etag?: string | undefined };

/** Says what becomes of an object, from what it holds now. */
export type Decide<Made extends Change, Current = StoredObject> = (
  current: Current | undefined,
) => Made | Promise<Made>;

/** Others kept writing the same object. SQS will deliver the message again, and by then they are done. */
export class ContentionError extends Error {
  override readonly name = "ContentionError";
}

// Few ever write the same file at once (two deliveries of one lote, two producers of one event), so a handful of rounds is plenty.
const ROUNDS = 10;
const MOST_WAIT_MS = 100;

/**
 * Reads an object, lets `change` say what becomes of it, and writes that only if nobody wrote in between; else it starts over with
 * what they wrote. It starts over as well when nobody knows whether its own write was done.
 * @returns the change that was made
 * @param change may be called several times, also after an earlier result of its own was written
 * @throws {ContentionError} when others won every round.
 * @throws {UncertainWriteError} when the store had no answer in the last round.
 */
export function updateObject<Made extends Change>(
  store: ObjectStore,
  key: string,
  change: Decide<Made>,
): Promise<Done<Made>> {
  return update(store, key, change, () => store.get(key));
}

/**
 * The same for an object that is most likely not there: it is written without a look, and looked at only if it is there after all.
 * @param change what it writes of nothing is an object
 */
export function createObject<Made extends Change>(
  store: ObjectStore,
  key: string,
  change: Decide<Made>,
): Promise<Done<Made>> {
  let isFirst = true;
  const look = async () => {
    if (!isFirst) return store.get(key);
    isFirst = false;
    return undefined;
  };
  return update(store, key, change, look);
}

/** The same for an object whose bytes need not be known. */
export function updateUnread<Made extends Change>(
  store: ObjectStore,
  key: string,
  change: Decide<Made, ObjectHead>,
): Promise<Done<Made>> {
  return update(store, key, change, () => store.head(key));
}

async function update<Made extends Change, Current extends Pick<ObjectHead, "etag">>(
  store: ObjectStore,
  key: string,
  change: Decide<Made, Current>,
  look: () => Promise<Current | undefined>,
): Promise<Done<Made>> {
  let lost: unknown;
  for (let round = 0; round < ROUNDS; round++) {
    // The wait is random, so that two writers that met once don't meet every time.
    if (round > 0) await delay(Math.random() * MOST_WAIT_MS);
    const current = await look();
    const made = await change(current);
    try {
      const etag = await apply(made.next, key, current, store);
      return { ...made, etag };
    } catch (error) {
      if (!(error instanceof ObjectChangedError || error instanceof UncertainWriteError)) throw error;
      lost = error;
    }
  }
  if (lost instanceof UncertainWriteError) throw lost;
  throw new ContentionError(`${key} was changed by others ${ROUNDS} times in a row`, { cause: lost });
}

async function apply(
  next: Next,
  key: string,
  current: Pick<ObjectHead, "etag"> | undefined,
  store: ObjectStore,
): Promise<string | undefined> {
  if (next === undefined) return undefined;
  if (next !== "remove") return store.putIf(key, current?.etag, next);
  if (current !== undefined) await store.removeIf(key, current.etag);
  return undefined;
}
