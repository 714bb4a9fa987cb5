import { describe, expect, test } from "vitest";
import { Ledger, LedgerError } from "../src/files/ledger.ts";
import { REASONS, reasonFacts } from "../src/reasons.ts";
import { stored } from "./support/memory-store.ts";
import { at, ledgerOf, malformedReport, readBack, report } from "./support/reports.ts";

describe("an entry", () => {
  test("has the ten keys of erros_geral.json, in their order, on a line of its own", () => {
    const failure = { id: "tt7777777", reason: "not_found", status: 404, message: "could not be found" } as const;
    const ledger = ledgerOf(report({ ...failure, lote: 7, run: "9f2c", attempts: 2, failedAt: at(1) }));
    expect(ledger.toObject("9f2c")).toEqual({
      body:
        '{"imdb_id":"tt7777777","reason":"not_found","status":404,"message":"could not be found","retryable":false,' +
        '"lote":7,"run":"9f2c","attempts":2,' +
        '"first_failed_at":"2026-11-23T12:00:01.000Z","last_failed_at":"2026-11-23T12:00:01.000Z"}\n',
      contentType: "application/x-ndjson",
      metadata: { run: "9f2c", lotes: "7" },
    });
  });

  test("of a message that is none keeps its body, and belongs to no id, lote or run", () => {
    const body = '{"hello":\n"world"}';
    expect(ledgerOf(malformedReport(body)).entries()).toEqual([
      {
        imdb_id: null,
        reason: "malformed_message",
        status: null,
        message: body,
        retryable: false,
        lote: null,
        run: null,
        attempts: 1,
        first_failed_at: at(0).toISOString(),
        last_failed_at: at(0).toISOString(),
      },
    ]);
  });

  test("is one line for readers that end a line at any of Unicode's line ends", () => {
    const ledger = ledgerOf(malformedReport("\u0085\u2028\u2029\r\n\v\u001E"));
    expect(ledger.toObject(undefined).body).toMatch(/^[^\p{Zl}\p{Zp}\p{Cc}]+\n$/u);
    expect(readBack(ledger)).toEqual(ledger.entries());
  });

  test.each([
    ["not_found", false],
    ["unauthorized", true],
    ["rate_limited", true],
    ["server_error", true],
    ["network", true],
    ["invalid_response", true],
    ["deadline", true],
    ["invalid_id", false],
    ["lote_failed", true],
    ["malformed_message", false],
  ] as const)("because of %s is retryable: %s", (reason, retryable) => {
    expect(ledgerOf(report({ reason })).entries()).toMatchObject([{ reason, retryable }]);
    expect(reasonFacts(reason).retryable).toBe(retryable);
  });

  test("of every reason can be read back", () => {
    const ledger = ledgerOf(...REASONS.map((reason, index) => report({ reason, id: `tt${1_000_000 + index}` })));
    expect(readBack(ledger).map(({ reason }) => reason)).toEqual(REASONS);
  });
});

describe("the entries", () => {
  test("are sorted by the lote's number, then by the id's code units, the malformed last", () => {
    const places: [lote: number, id: string][] = [
      [10, "tt0000001"],
      [2, "tt0000009"],
      [2, "é"],
      [2, "278"],
      [2, "tt00000010"],
      [2, "TT0000001"],
      [2, ""],
      [1, "tt9999999"],
    ];
    const ledger = ledgerOf(
      malformedReport("b"),
      malformedReport("a"),
      ...places.map(([lote, id]) => report({ lote, id })),
    );
    expect(ledger.entries().map(({ lote, imdb_id, message }) => [lote, imdb_id ?? message])).toEqual([
      [1, "tt9999999"],
      [2, ""],
      [2, "278"],
      [2, "TT0000001"],
      [2, "tt00000010"],
      [2, "tt0000009"],
      [2, "é"],
      [10, "tt0000001"],
      [null, "a"],
      [null, "b"],
    ]);
  });

  test("are one for each id of a lote", () => {
    const ledger = ledgerOf(report(), report({ failedAt: at(5) }), report({ lote: 2 }), report({ id: "278" }));
    expect(ledger.entries().map(({ lote, imdb_id }) => [lote, imdb_id])).toEqual([
      [1, "278"],
      [1, "tt0111161"],
      [2, "tt0111161"],
    ]);
  });

  test("of one malformed body are one, of two bodies two", () => {
    const ledger = ledgerOf(malformedReport("a", at(0)), malformedReport("a", at(9)), malformedReport("b"));
    expect(ledger.entries().map(({ message, last_failed_at }) => [message, last_failed_at])).toEqual([
      ["a", at(9).toISOString()],
      ["b", at(0).toISOString()],
    ]);
  });
});

describe("an id that has a record now", () => {
  test("leaves the ledger, and no other id or lote does", () => {
    const ledger = ledgerOf(report(), report({ id: "278" }), report({ lote: 2 }), malformedReport("tt0111161"));
    ledger.recover(1, ["tt0111161", "tt5555555"]);
    expect(ledger.entries().map(({ lote, imdb_id }) => [lote, imdb_id])).toEqual([
      [1, "278"],
      [2, "tt0111161"],
      [null, null],
    ]);
  });

  test("leaves it empty when it was the last", () => {
    const ledger = ledgerOf(report());
    expect(ledger.isEmpty).toBe(false);
    ledger.recover(1, ["tt0111161"]);
    expect(ledger.isEmpty).toBe(true);
    expect(ledger.toObject("run-1").body).toBe("");
  });
});

describe("keeping a run", () => {
  test("forgets the entries of others, but no malformed message", () => {
    const ledger = ledgerOf(report({ run: "run-0" }), report({ run: "run-1", id: "278" }), malformedReport("hello"));
    ledger.removeOtherRuns("run-1");
    expect(ledger.entries().map(({ run, imdb_id }) => [run, imdb_id])).toEqual([
      ["run-1", "278"],
      [null, null],
    ]);
  });

  test("with nothing of its own leaves only the malformed messages", () => {
    const ledger = ledgerOf(report(), malformedReport("hello"));
    ledger.removeOtherRuns("run-2");
    expect(ledger.entries().map(({ message }) => message)).toEqual(["hello"]);
  });
});

describe("the file", () => {
  test("is read back as it was written, byte by byte", () => {
    const quoted = report({ id: 'a"\n|\u2028é', message: 'line\nend "quoted"' });
    const ledger = ledgerOf(report(), quoted, report({ lote: 12, attempts: 3 }), malformedReport("{\n}"));
    const object = ledger.toObject("run-1");
    expect(readBack(ledger)).toEqual(ledger.entries());
    expect(Ledger.parse(stored(object)).toObject("run-1")).toEqual(object);
    expect(object.body.split("\n")).toHaveLength(5);
  });

  test("carries the run in force and the lotes with entries, and of a date that has no run, nothing", () => {
    expect(ledgerOf(report()).toObject("run-1").metadata).toEqual({ run: "run-1", lotes: "1" });
    expect(ledgerOf(malformedReport("hello")).toObject("run-1").metadata).toEqual({ run: "run-1", lotes: "none" });
    expect(ledgerOf(malformedReport("hello")).toObject(undefined).metadata).toEqual({});
  });

  test("that is not there is an empty ledger", () => {
    expect(Ledger.parse(undefined).isEmpty).toBe(true);
    expect(Ledger.parse(undefined).entries()).toEqual([]);
  });

  test.each([
    ["text", "hello\n"],
    ["JSON that is no entry", "{}\n"],
    ["a list", "[]\n"],
    ["an entry of no reason known", ledgerOf(report()).toObject("r").body.replace("server_error", "bad_luck")],
    ["an entry cut off", ledgerOf(report()).toObject("r").body.slice(0, 50)],
    ["an entry of lote 0", ledgerOf(report()).toObject("r").body.replace('"lote":1', '"lote":0')],
    ["good entries and a bad one", `${ledgerOf(report()).toObject("r").body}oops\n`],
  ])("with %s is a LedgerError with its cause", (_, body) => {
    const reading = () => Ledger.parse(stored({ body, metadata: {} }));
    expect(reading).toThrow(LedgerError);
    expect(reading).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });
});
