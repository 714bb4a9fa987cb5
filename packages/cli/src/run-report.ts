import type { RunPlace } from "@lotes/console/run-reader";
import type { RunDate } from "@lotes/core";
import type { OutputFile } from "./output-directory.ts";

/** Its name among the files of a run. */
const REPORT = "report.html";

/**
 * The files of a run, and last its page. The files were paid for and can't be made again: if the page can't be made, they are kept without it.
 * @param tell gets a line if that is so
 */
export async function* withReport(
  files: AsyncIterable<OutputFile>,
  place: RunPlace,
  date: RunDate,
  tell: (line: string) => void,
): AsyncGenerator<OutputFile> {
  yield* files;
  const html = await htmlOf(place, date).catch((error: Error) => {
    tell(`! ${REPORT} is left out: ${error.message}`);
    return undefined;
  });
  if (html !== undefined) yield { name: REPORT, body: html };
}

async function htmlOf(place: RunPlace, date: RunDate): Promise<string | undefined> {
  // It loads a bundler, which nobody needs before the end of a run.
  const { report } = await import("@lotes/console/report");
  return (await report(place, date))?.html;
}
