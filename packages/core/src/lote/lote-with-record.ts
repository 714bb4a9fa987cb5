import pMap from "p-map";
import { loteOfKey, lotePrefix, type RunDate } from "../keys.ts";
import type { ObjectStore } from "../ports.ts";
import { parseLoteFile, runOf } from "./lote-file.ts";

// A round trip of some 20 ms each, as for an account.
const READING_AT_ONCE = 10;

/**
 * The number of the lote in which a run has a record for an id, or undefined when it has none.
 * @param id as asked for
 * @throws {LoteFileError}
 */
export async function loteWithRecord(
  store: ObjectStore,
  date: RunDate,
  run: string,
  id: string,
): Promise<number | undefined> {
  const keys: string[] = [];
  for await (const { key } of store.list(lotePrefix(date))) if (loteOfKey(key) !== undefined) keys.push(key);
  const holds = async (key: string): Promise<boolean> => {
    const object = await store.get(key);
    return object !== undefined && runOf(object) === run && parseLoteFile(object, [id]).records.has(id);
  };
  const found = await pMap(keys, async (key) => ((await holds(key)) ? loteOfKey(key) : undefined), {
    concurrency: READING_AT_ONCE,
  });
  return found.find((lote) => lote !== undefined);
}
