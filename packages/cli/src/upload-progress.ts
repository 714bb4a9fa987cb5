import type { RunDate } from "@lotes/core";
import { SingleBar } from "cli-progress";
import type { Csv } from "./csv-file.ts";
import { type DataLake, uploadCsv } from "./csv-upload.ts";

const MEGABYTE = 1_000_000;

/** A bar for an upload, on a terminal; elsewhere nothing. */
class UploadProgress {
  readonly #bar: SingleBar | undefined;

  constructor(bytes: number, out: NodeJS.WriteStream = process.stderr) {
    if (!out.isTTY) return;
    this.#bar = new SingleBar({
      format: "{bar} {value}/{total} MB",
      stream: out,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 30,
      clearOnComplete: true,
      formatValue: (value, _options, type) =>
        type === "value" || type === "total" ? (value / MEGABYTE).toFixed(1) : String(value),
    });
    this.#bar.start(bytes, 0);
  }

  /** @param bytes that have arrived so far */
  show(bytes: number): void {
    this.#bar?.update(bytes);
  }

  end(): void {
    this.#bar?.stop();
  }
}

/**
 * Uploads a CSV, and shows how far that is.
 * @returns the object's ETag, by which its run is known
 */
export async function uploadWithProgress(csv: Csv, date: RunDate, lake: DataLake): Promise<string> {
  const progress = new UploadProgress(csv.bytes ?? 0);
  return uploadCsv(csv, date, lake, (bytes) => progress.show(bytes)).finally(() => progress.end());
}
