import { expect, test } from "vitest";
import { fateSentences, type ToldFate } from "../src/operator/fate-words.ts";
import { report } from "./support/reports.ts";

const DATE = "2026/11/23";
const QUEUED = { status: "queued", lotes: 19, cancelled_at: null, error: null } as const;
const CANCELLED = { ...QUEUED, status: "cancelled", cancelled_at: "2026-11-23T12:01:00.000Z" } as const;
const EARLIER = "2026-11-22T12:00:00.000Z";
const FROM = "2026-11-23T12:00:01.000Z";
const UNTIL = "2026-11-23T12:00:06.000Z";
const FAILURE = { ...report({ lote: 3, message: "<b>" }), first_failed_at: FROM, last_failed_at: UNTIL };

/** As somebody shows it who shows everything in a way of his own. */
const told = (fate: ToldFate, run: Parameters<typeof fateSentences>[2]) =>
  fateSentences(fate, DATE, run).map((sentence) =>
    sentence.map((words) => (typeof words === "string" ? words : JSON.stringify(words))).join(""),
  );

test.each<[ToldFate, Parameters<typeof fateSentences>[2], string[]]>([
  [{ state: "stored", lote: 2, asked: undefined }, QUEUED, ['stored in lote_2.json, {"lote":2} of 19']],
  [
    { state: "stored", lote: 2, asked: { from: FROM, until: UNTIL, repeated: true } },
    QUEUED,
    [
      'stored in lote_2.json, {"lote":2} of 19',
      `its lote was asked for from {"at":"${FROM}"} to {"at":"${UNTIL}"}, in more than one delivery`,
    ],
  ],
  [
    { state: "stored", lote: 2, asked: { from: FROM, until: UNTIL, repeated: false, usedAgainOf: EARLIER } },
    QUEUED,
    ['stored in lote_2.json, {"lote":2} of 19', `TMDB gave its record at {"at":"${EARLIER}"}, and it was used again`],
  ],
  [
    { state: "failed", failure: FAILURE },
    QUEUED,
    [
      'failed in {"lote":3} of 19: {"reason":"server_error"}, status 503: {"foreign":"<b>"}',
      `tried once, first at {"at":"${FROM}"}, last at {"at":"${UNTIL}"}`,
    ],
  ],
  [{ state: "open", lote: 4 }, QUEUED, ['in {"lote":4} of 19, neither stored nor failed']],
  [
    { state: "open", lote: 4 },
    CANCELLED,
    ['in {"lote":4} of 19, neither stored nor failed: the run was cancelled at {"at":"2026-11-23T12:01:00.000Z"}'],
  ],
  [{ state: "unknown" }, QUEUED, ["neither stored nor failed", "it is still to come, or it was never selected"]],
  [
    { state: "unknown" },
    CANCELLED,
    ['neither stored nor failed: the run was cancelled at {"at":"2026-11-23T12:01:00.000Z"}, or it was never selected'],
  ],
  [
    { state: "never selected" },
    { ...QUEUED, status: "rejected", error: "it is empty" },
    ['never selected: the CSV was rejected: {"foreign":"it is empty"}'],
  ],
  [
    { state: "never selected" },
    QUEUED,
    ["never selected: every id of the run is accounted for, and it is none of them"],
  ],
])("what became of an id is told in words: %j", (fate, run, sentences) => {
  expect(told(fate, run)).toEqual(sentences);
});
