import { type CsvVersion, newRun, type RunFile } from "../../src/files/run-file.ts";
import { FILTER } from "./csv.ts";
import { at } from "./reports.ts";

/** A run whose lotes are all queued, of an upload known by its sequencer. */
export function queuedRun(sequencer: string): RunFile {
  const source: CsvVersion = { bucket: "b", key: "k", etag: "e", size: 1, sequencer };
  return { ...newRun(source, FILTER, at(0)), status: "queued", queued_at: at(1).toISOString() };
}
