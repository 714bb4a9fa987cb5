import type { RunDate } from "@lotes/core";
import { type RunDocument, runDocumentSchema } from "./document.ts";
import { pageBundle } from "./page-bundle.ts";
import { page } from "./page-html.ts";
import { type RunPlace, RunReader } from "./run-reader.ts";

/** A run as one HTML file, which needs neither a server nor a network. */
export interface Report {
  readonly html: string;
  readonly document: RunDocument;
}

/**
 * Writes the report of a date's run.
 * @returns undefined when the date never had a run
 */
export async function report(place: RunPlace, date: RunDate): Promise<Report | undefined> {
  const [told, bundle] = await Promise.all([new RunReader(place, date).document(new Date()), pageBundle()]);
  if (told.run === null) return undefined;
  const document = runDocumentSchema.parse(told);
  return { html: page(`lotes ${date}`, bundle, { document }).html, document };
}
