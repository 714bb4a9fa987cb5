import type { ToldFate } from "@lotes/core";
import type { FailureRow, LotePart, RecordRow, RunDocument } from "../document.ts";

/** What became of an id, as the files tell. */
export type Story =
  | { readonly state: "stored"; readonly lote: LotePart; readonly record: RecordRow }
  | { readonly state: "failed"; readonly lote: LotePart; readonly failure: FailureRow }
  | { readonly state: "open"; readonly lote: LotePart }
  | { readonly state: "unknown" | "never selected" };

/** @param id as it was asked for */
export function storyOf(id: string, { lotes, run }: Pick<RunDocument, "lotes" | "run">): Story {
  for (const lote of lotes) {
    const record = lote.records.find(([asked]) => asked === id);
    if (record) return { state: "stored", lote, record };
  }
  for (const lote of lotes) {
    const failure = lote.failures.find(([asked]) => asked === id);
    if (failure) return { state: "failed", lote, failure };
  }
  const lote = lotes.find(({ open }) => open.includes(id));
  if (lote) return { state: "open", lote };
  return { state: run?.settled || run?.status === "rejected" ? "never selected" : "unknown" };
}

/** The same, to be told in words. */
export function toldFate(story: Story): ToldFate {
  switch (story.state) {
    case "stored": {
      const { lote, work } = story.lote;
      const place = story.lote.records.indexOf(story.record);
      const usedAgainOf = story.lote.used_again?.find(({ places }) => places.includes(place))?.at;
      const asked = work && { from: work.started_at, until: work.ended_at, repeated: work.repeated, usedAgainOf };
      return { state: "stored", lote, asked: asked ?? undefined };
    }
    case "failed": {
      const [, reason, status, message, attempts, first_failed_at, last_failed_at] = story.failure;
      const { lote, messages } = story.lote;
      const failure = { lote, reason, status, message: messages[message] ?? "", attempts };
      return { state: "failed", failure: { ...failure, first_failed_at, last_failed_at } };
    }
    case "open":
      return { state: "open", lote: story.lote.lote };
    default:
      return { state: story.state };
  }
}
