import { describe, expect, test } from "vitest";
import { chooseReplay, replayMessages, replayOutcome } from "../src/operator/replay.ts";
import { parseMessage } from "../src/stages/message.ts";
import { ledgerOf, report } from "./support/reports.ts";
import { queuedRun } from "./support/runs.ts";

const DATE = "2026/11/23";
const RUN = "run-1";

const entries = ledgerOf(
  report({ id: "tt1", lote: 1, reason: "server_error", attempts: 2 }),
  report({ id: "tt2", lote: 1, reason: "not_found", status: 404 }),
  report({ id: "tt3", lote: 2, reason: "lote_failed", status: null, attempts: 3 }),
  report({ id: "tt4", lote: 2, reason: "network", status: null, attempts: 1 }),
  report({ id: "tt5", lote: 1, run: "run-0" }),
).failedIds();

const chosen = (choice: Parameters<typeof chooseReplay>[2]) =>
  chooseReplay(entries, RUN, choice).map((entry) => entry.imdb_id);

describe("a replay chooses", () => {
  test("what asking again can help, of the run in force", () => {
    expect(chosen({})).toEqual(["tt1", "tt3", "tt4"]);
  });

  test("all of the run that names an id, if told so", () => {
    expect(chosen({ all: true })).toEqual(["tt1", "tt2", "tt3", "tt4"]);
  });

  test("a reason or an id, whether asking again can help or not", () => {
    expect(chosen({ reason: "not_found" })).toEqual(["tt2"]);
    expect(chosen({ ids: ["tt2"] })).toEqual(["tt2"]);
    expect(chosen({ ids: ["tt2"], reason: "network" })).toEqual([]);
  });
});

describe("a replay sends", () => {
  const messages = replayMessages(chooseReplay(entries, RUN, {}), DATE);

  test("one message for each lote, which says why its ids had failed, and how often the one was tried that was tried most", () => {
    expect(messages.map(({ body }) => parseMessage(body))).toEqual([
      {
        kind: "replay",
        run: RUN,
        date: DATE,
        lote: 1,
        ids: ["tt1"],
        attempts: 2,
        failures: [{ id: "tt1", reason: "server_error", status: 503, message: "Service Unavailable" }],
      },
      {
        kind: "replay",
        run: RUN,
        date: DATE,
        lote: 2,
        ids: ["tt3", "tt4"],
        attempts: 3,
        failures: [
          { id: "tt3", reason: "lote_failed", status: null, message: "Service Unavailable" },
          { id: "tt4", reason: "network", status: null, message: "Service Unavailable" },
        ],
      },
    ]);
  });
});

describe("what came of a replay", () => {
  const replayed = chooseReplay(entries, RUN, {});
  const run = { ...queuedRun("1"), run: RUN };

  test("is told by what has left the ledger, what was tried once more, and what was not tried yet", () => {
    const now = ledgerOf(
      report({ id: "tt1", lote: 1, attempts: 3 }),
      report({ id: "tt3", lote: 2, reason: "lote_failed", status: null, attempts: 3 }),
    ).failedIds();
    expect(replayOutcome(replayed, { run, failures: now })).toEqual({
      recovered: 1,
      failedAgain: 1,
      open: 1,
      superseded: false,
    });
  });

  test("is not known of a run that a later upload superseded", () => {
    const later = { ...run, run: "run-2" };
    expect(replayOutcome(replayed, { run: later, failures: [] })).toEqual({
      recovered: 0,
      failedAgain: 0,
      open: 3,
      superseded: true,
    });
  });
});
