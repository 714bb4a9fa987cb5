import { describe, expect, test } from "vitest";
import { newRun, type RunFile } from "../src/files/run-file.ts";
import type { Account } from "../src/operator/account.ts";
import { diagnose } from "../src/operator/diagnose.ts";
import type { Trouble } from "../src/operator/trouble.ts";
import { ledgerOf, report } from "./support/reports.ts";

const START = new Date("2026-11-23T10:00:00Z");
const SOURCE = { bucket: "b", key: "k", etag: "e", size: 1, sequencer: "1" };
const EMPTY = { visible: 0, inFlight: 0 };
const NOTHING_QUEUED = { lotes: EMPTY, deadLetters: EMPTY };

function account(run: Partial<RunFile> = {}, rest: Partial<Account> = {}): Account {
  const filter = { minYear: 1960, minVotes: 10_000, genres: ["crime"] };
  const queued = { ...newRun(SOURCE, filter, START), status: "queued" as const, ids: 10, lotes: 1 };
  return {
    run: { ...queued, queued_at: START.toISOString(), ...run } as RunFile,
    lotesDone: 0,
    stored: 0,
    failures: [],
    cancelled: 0,
    malformedMessages: [],
    settled: false,
    finishedAt: undefined,
    manifest: undefined,
    ...rest,
  };
}

const after = (seconds: number) => new Date(START.getTime() + seconds * 1000);

const unauthorized = ledgerOf(report({ reason: "unauthorized" })).failedIds();

describe("a run that does not come to its end says why", () => {
  test.each<[string, Account, typeof NOTHING_QUEUED, Trouble["code"], string]>([
    [
      "the CSV was rejected",
      account({ status: "rejected", error: "it is empty" }),
      NOTHING_QUEUED,
      "csv_rejected",
      "the CSV was rejected: it is empty",
    ],
    [
      "a later upload was rejected",
      account({ rejected: { source: SOURCE, reason: "it is empty", at: START.toISOString() } }, { settled: true }),
      NOTHING_QUEUED,
      "upload_rejected",
      "a later upload was rejected, and this run stays in force: it is empty",
    ],
    [
      "the token is wrong",
      account({}, { failures: unauthorized, settled: true }),
      NOTHING_QUEUED,
      "token_refused",
      "TMDB refuses the token: set a valid one, then replay",
    ],
    [
      "no consumer is at work",
      account(),
      { lotes: { visible: 3, inFlight: 0 }, deadLetters: EMPTY },
      "no_consumer",
      "3 lotes are waiting and no consumer at work: is it deployed, and its event source on?",
    ],
    [
      "no collector is at work",
      account(),
      { lotes: EMPTY, deadLetters: { visible: 1, inFlight: 0 } },
      "no_collector",
      "1 failure report is waiting and no collector at work: see its log",
    ],
    [
      "ids are nowhere",
      account({}, { stored: 8 }),
      NOTHING_QUEUED,
      "ids_missing",
      "2 ids are neither stored nor failed, and nothing is queued: ingest the CSV again",
    ],
    [
      "a file holds more than the CSV selects",
      account({}, { stored: 9, failures: ledgerOf(report(), report({ id: "tt2" })).failedIds() }),
      NOTHING_QUEUED,
      "ids_counted_twice",
      "1 more id is stored or failed than were selected, and nothing is queued: somebody has changed a file; ingest the CSV again",
    ],
    [
      "it has settled, and no manifest says so",
      account({}, { stored: 10, settled: true, finishedAt: after(29) }),
      NOTHING_QUEUED,
      "no_manifest",
      "no _manifest.json names the files as they are: the collector did not write it (see its log), or a file was changed since; replay an id, or ingest the CSV again",
    ],
    [
      "it has settled, and its manifest can't be read",
      account({}, { stored: 10, settled: true, finishedAt: after(29), manifestProblem: "update this program" }),
      NOTHING_QUEUED,
      "unreadable_manifest",
      "update this program",
    ],
  ])("when %s", (_, of, queues, code, message) => {
    expect(diagnose(of, queues, after(60))).toEqual([{ code, message }]);
  });

  test("when the producer was given up", () => {
    const queuing = account({ status: "queuing", queued_at: null });
    // Three tries of five minutes, and the minutes in between.
    expect(diagnose(queuing, NOTHING_QUEUED, after(1_080))).toEqual([]);
    expect(diagnose(queuing, NOTHING_QUEUED, after(1_081))).toEqual([
      {
        code: "producer_gave_up",
        message: "the producer was given up before it had queued every lote: see its log, then ingest the CSV again",
      },
    ]);
  });
});

describe("there is nothing to say", () => {
  test("of a run that has just begun", () => {
    expect(diagnose(account(), NOTHING_QUEUED, after(29))).toEqual([]);
  });

  test("while lotes are at work, or hidden after a failure", () => {
    expect(diagnose(account(), { lotes: { ...EMPTY, delayed: 1 }, deadLetters: EMPTY }, after(60))).toEqual([]);
    expect(diagnose(account(), { lotes: { visible: 5, inFlight: 2 }, deadLetters: EMPTY }, after(60))).toEqual([]);
    expect(diagnose(account(), { lotes: { visible: 0, inFlight: 1 }, deadLetters: EMPTY }, after(60))).toEqual([]);
  });

  test("of a run that has just settled: its manifest is yet to come", () => {
    expect(diagnose(account({}, { settled: true, finishedAt: after(30) }), NOTHING_QUEUED, after(60))).toEqual([]);
  });

  test("of a run that is settled", () => {
    const settled = account({}, { stored: 10, settled: true });
    expect(diagnose(settled, { lotes: { visible: 1, inFlight: 0 }, deadLetters: EMPTY }, after(60))).toEqual([]);
  });

  test("of a token that is refused for some ids only", () => {
    const failures = [...unauthorized, ...ledgerOf(report({ id: "tt2" })).failedIds()];
    expect(diagnose(account({}, { failures, settled: true }), NOTHING_QUEUED, after(60))).toEqual([]);
  });
});
