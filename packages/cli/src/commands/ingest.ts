import { inputKey, loadSettings, type RunDate } from "@lotes/core";
import { assertUsable, drop, openCsv } from "../csv-upload.ts";
import { plural, printJson, printLines } from "../output.ts";
import { openTarget } from "../target.ts";
import { today } from "../today.ts";
import { UploadProgress } from "../upload-progress.ts";

export interface IngestOptions {
  readonly date?: RunDate;
  readonly json?: boolean;
}

/** Uploads a CSV to where a new one starts a run, once it is known that it can be used. */
export async function ingest(path: string, { date = today(), json = false }: IngestOptions): Promise<void> {
  const { filter } = loadSettings(process.env);
  const csv = await openCsv(path);
  await assertUsable(path, filter);
  using target = await openTarget();
  const progress = new UploadProgress(csv.bytes ?? 0);
  await drop(csv, date, target, (bytes) => progress.show(bytes)).finally(() => progress.end());
  const { bucket, name } = target;
  if (json) return printJson({ date, bucket, key: inputKey(date), bytes: csv.bytes });
  printLines([
    `${plural(csv.bytes ?? 0, "byte")} uploaded to ${name}:`,
    `  s3://${bucket}/${inputKey(date)}`,
    `Follow it with: lotes status --watch${date === today() ? "" : ` --date ${date}`}`,
  ]);
}
