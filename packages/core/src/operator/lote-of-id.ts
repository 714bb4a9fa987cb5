import pMap from "p-map";
import type { DateOutput } from "../files/date-output.ts";
import { idsIn, storedIdsOf } from "../files/lote-file.ts";

/** Where an id was found. */
export interface PlacedId {
  readonly lote: number;
  /** Whether its record is there, or only its place. */
  readonly isStored: boolean;
}

// A round trip of some 20 ms each: a thousand lotes are looked at in half a second.
const LOOKS_AT_ONCE = 50;

/**
 * Finds the lote of a run that has an id. It reads what stands beside the files; only a file whose list of ids is too long for that is read itself.
 * @param id as asked for
 * @returns undefined when no lote that has a file has it
 * @throws {LoteFileError}
 */
export async function loteOfId(output: DateOutput, run: string, id: string): Promise<PlacedId | undefined> {
  const lotes = await Array.fromAsync(output.loteFiles(), ({ lote }) => lote);
  lotes.sort((a, b) => a - b);
  const near = await searchSorted(lotes, output, run, id);
  if (near !== undefined) return near;
  for (let from = 0; from < lotes.length; from += LOOKS_AT_ONCE) {
    const looks = await pMap(lotes.slice(from, from + LOOKS_AT_ONCE), (lote) => look(lote, output, run, id));
    const found = looks.find((each) => typeof each === "object");
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The real file is sorted by id, so that a few looks are enough. Of another file it may find nothing. */
async function searchSorted(lotes: readonly number[], output: DateOutput, run: string, id: string) {
  let [low, high] = [0, lotes.length - 1];
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const found = await look(lotes[middle] ?? 0, output, run, id);
    if (typeof found === "object") return found;
    if (found === "before") high = middle - 1;
    else if (found === "after") low = middle + 1;
    else return undefined;
  }
  return undefined;
}

/** Whether a lote has the id; if not, on which side of it the id would be if lotes are sorted by id. */
async function look(
  lote: number,
  output: DateOutput,
  run: string,
  id: string,
): Promise<PlacedId | "before" | "after" | "nowhere"> {
  const head = await output.loteHead(lote);
  if (head?.metadata.run !== run) return "nowhere";
  const listed = idsIn(head.metadata);
  if (listed === undefined) {
    const stored = storedIdsOf(run, await output.lote(lote), [id]);
    return stored.includes(id) ? { lote, isStored: true } : "nowhere";
  }
  const here = listed.find((each) => each.id === id);
  if (here !== undefined) return { lote, isStored: here.isStored };
  if (id < (listed[0]?.id ?? "")) return "before";
  return id > (listed.at(-1)?.id ?? "") ? "after" : "nowhere";
}
