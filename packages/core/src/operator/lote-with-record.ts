import pMap from "p-map";
import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { parseLoteFile, runOf } from "../files/lote-file.ts";
import type { ObjectStore } from "../ports.ts";

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
  const output = new DateOutput(store, date);
  const lotes = await Array.fromAsync(output.loteFiles(), ({ lote }) => lote);
  const holds = async (lote: number): Promise<boolean> => {
    const object = await output.lote(lote);
    return object !== undefined && runOf(object) === run && parseLoteFile(object, [id]).records.has(id);
  };
  const found = await pMap(lotes, async (lote) => ((await holds(lote)) ? lote : undefined), {
    concurrency: READING_AT_ONCE,
  });
  return found.find((lote) => lote !== undefined);
}
