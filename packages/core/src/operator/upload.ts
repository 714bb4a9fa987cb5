import type { RunFile } from "../files/run-file.ts";
import { isInForce } from "../files/run-rules.ts";

/** What became of an upload: its run, or why it can't be used. */
export type Upload = { readonly run: RunFile } | { readonly rejected: string };

/**
 * Finds an upload in `_run.json`; undefined as long as that does not tell of it. The run's name comes from S3's sequencer, which only S3's
 * event tells: whoever uploads knows the run by the ETag of what they uploaded. The same bytes have the same ETag, so the run must also
 * be another one than before.
 *
 * @param etag of the uploaded object
 * @param before what `_run.json` held before the upload
 * @param now what it holds
 */
export function uploadIn(etag: string, before: RunFile | undefined, now: RunFile | undefined): Upload | undefined {
  if (now === undefined) return undefined;
  const { run, source, rejected } = now;
  if (run !== before?.run && source.etag === etag) return isInForce(now) ? { run: now } : { rejected: now.error };
  const isNew = rejected?.source.sequencer !== before?.rejected?.source.sequencer;
  return rejected?.source.etag === etag && isNew ? { rejected: rejected.reason } : undefined;
}
