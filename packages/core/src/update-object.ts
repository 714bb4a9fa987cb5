import { setTimeout as delay } from "node:timers/promises";
import { type NewObject, ObjectChangedError, type ObjectStore, type StoredObject } from "./ports.ts";

/** What is to become of an object: a new content, its removal, or (undefined) nothing. */
export type Change = NewObject | "remove" | undefined;

/** Others kept writing the same object. SQS will deliver the message again, and by then they are done. */
export class ContentionError extends Error {
  override readonly name = "ContentionError";
}

// Few ever write the same file at once (two deliveries of one lote, two producers of one event), so a handful of rounds is plenty.
const ROUNDS = 10;
const MOST_WAIT_MS = 100;

/**
 * Reads an object, lets `change` say what becomes of it, and writes that only if nobody wrote in between; else it starts over with
 * what they wrote.
 * @param change may be called several times; only its last answer takes effect.
 * @throws {ContentionError} when others won every round.
 */
export async function updateObject(
  store: ObjectStore,
  key: string,
  change: (current: StoredObject | undefined) => Change | Promise<Change>,
): Promise<void> {
  let lost: unknown;
  for (let round = 0; round < ROUNDS; round++) {
    // The wait is random, so that two writers that met once don't meet every time.
    if (round > 0) await delay(Math.random() * MOST_WAIT_MS);
    const current = await store.get(key);
    const next = await change(current);
    try {
      if (next === undefined) return;
      if (next !== "remove") return await store.putIf(key, current?.etag, next);
      if (current !== undefined) await store.removeIf(key, current.etag);
      return;
    } catch (error) {
      if (!(error instanceof ObjectChangedError)) throw error;
      lost = error;
    }
  }
  throw new ContentionError(`${key} was changed by others ${ROUNDS} times in a row`, { cause: lost });
}
