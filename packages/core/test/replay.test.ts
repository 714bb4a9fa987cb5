import { describe, expect, test } from "vitest";
import { parseMessage } from "../src/message.ts";
import { chooseReplay, replayMessages } from "../src/run/replay.ts";
import { ledgerOf, malformedReport, report } from "./support/reports.ts";

const DATE = "2026/11/23";
const RUN = "run-1";

const entries = ledgerOf(
  report({ id: "tt1", lote: 1, reason: "server_error", attempts: 2 }),
  report({ id: "tt2", lote: 1, reason: "not_found", status: 404 }),
  report({ id: "tt3", lote: 2, reason: "lote_failed", status: null, attempts: 3 }),
  report({ id: "tt4", lote: 2, reason: "network", status: null, attempts: 1 }),
  report({ id: "tt5", lote: 1, run: "run-0" }),
  malformedReport("what is this?"),
).entries();

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
    expect(chosen({ id: "tt2" })).toEqual(["tt2"]);
    expect(chosen({ id: "tt2", reason: "network" })).toEqual([]);
  });
});

describe("a replay sends", () => {
  const messages = replayMessages(chooseReplay(entries, RUN, {}), DATE);

  test("one message for each lote, which says why its ids had failed", () => {
    expect(messages.map(({ body }) => parseMessage(body))).toEqual([
      {
        version: 1,
        run: RUN,
        date: DATE,
        lote: 1,
        ids: ["tt1"],
        failures: [{ id: "tt1", reason: "server_error", status: 503, message: "Service Unavailable" }],
      },
      {
        version: 1,
        run: RUN,
        date: DATE,
        lote: 2,
        ids: ["tt3", "tt4"],
        failures: [
          { id: "tt3", reason: "lote_failed", status: null, message: "Service Unavailable" },
          { id: "tt4", reason: "network", status: null, message: "Service Unavailable" },
        ],
      },
    ]);
  });

  test("how often its ids were tried: as often as the one that was tried most", () => {
    expect(messages.map(({ attributes }) => attributes)).toEqual([{ attempts: 2 }, { attempts: 3 }]);
  });
});
