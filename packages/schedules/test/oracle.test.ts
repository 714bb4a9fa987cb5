import { describe, expect, test } from "vitest";
import type { Evidence } from "../src/evidence.ts";
import { judge } from "../src/oracle.ts";

const PREFIX = "Raw/TMDB/JSON/Movies/2026/11/23/";
const CSV = [
  "id|anoLancamento|genero|numeroVotos",
  ...["tt0000001", "tt0000002", "tt0000003", "tt0000004", "../x"].map((id) => `${id}|1994|Crime|20000`),
].join("\n");
const record = (id: string) => JSON.stringify({ id: Number(id.slice(2)), imdb_id: id });
const none = { count: 0, first_lines: [] };
const read = { rows: 5, malformed: none, unreadable: none, ids: 5, lotes: 3 };
const run = { run: "r2", status: "queued", source: { sequencer: "02" }, ...read, rejected: null };

const entry = (changes: Record<string, unknown>) => ({
  imdb_id: "tt0000003",
  reason: "not_found",
  status: 404,
  message: "could not be found",
  retryable: false,
  lote: 2,
  run: "r2",
  attempts: 1,
  first_failed_at: "2026-11-23T12:00:00.000Z",
  last_failed_at: "2026-11-23T12:00:00.000Z",
  ...changes,
});
const invalid = entry({ imdb_id: "../x", reason: "invalid_id", status: null, lote: 3 });

interface Changes extends Partial<Evidence> {
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly runs?: Readonly<Record<string, string>>;
}

/** The manifest that names files as they are. */
function manifestOf(files: Readonly<Record<string, string | undefined>>): string {
  const lines = (body: string) => body.split("\n").length - 1;
  const lotes = Object.entries(files).filter(([name, body]) => name.startsWith("lote_") && body !== undefined);
  const ledger = files["erros_geral.json"] ?? "";
  const reasons = Map.groupBy(
    ledger
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line))
      .filter(({ imdb_id }) => imdb_id !== null),
    ({ reason }) => reason,
  );
  const failed = reasons.values().reduce((sum, { length }) => sum + length, 0);
  return JSON.stringify({
    version: 1,
    run: "r2",
    date: "2026/11/23",
    revision: 1,
    ids: run.ids,
    stored: run.ids - failed,
    failed,
    failed_by_reason: Object.fromEntries(reasons.entries().map(([reason, { length }]) => [reason, length])),
    files: lotes.map(([name, body = ""]) => ({
      key: PREFIX + name,
      etag: `of ${name}`,
      records: lines(body),
      bytes: body.length,
    })),
    ledger:
      ledger === "" ? null : { key: `${PREFIX}erros_geral.json`, etag: "of erros_geral.json", entries: lines(ledger) },
  });
}

/** Lotes of two: the first stored, the second with an id that TMDB does not know, the third no id at all. With something changed. */
function evidence({ files = {}, runs = {}, ...changes }: Changes = {}): Evidence {
  const all: Record<string, string | undefined> = {
    "_run.json": JSON.stringify(run),
    "lote_1.json": `${record("tt0000001")}\n${record("tt0000002")}\n`,
    "lote_2.json": `${record("tt0000004")}\n`,
    "erros_geral.json": [entry({}), invalid].map((each) => `${JSON.stringify(each)}\n`).join(""),
    ...files,
  };
  const objects = Object.entries({ "_manifest.json": manifestOf(all), ...all }).flatMap(([name, body]) =>
    body === undefined
      ? []
      : [[PREFIX + name, { body, etag: `of ${name}`, metadata: { run: runs[name] ?? "r2" } }] as const],
  );
  return {
    uploads: [{ date: "2026/11/23", csv: CSV, forced: false, sequencer: "02" }],
    objects: new Map(objects),
    recordOf: (id) => (/^tt000000[124]$/.test(id) ? record(id) : undefined),
    arrivals: [{ at: 0, uncertainMs: 0, id: "tt0000003", outcome: 404 }],
    deliveries: [],
    misanswered: new Set(),
    brokenOff: new Set(),
    strangers: [],
    attempts: [],
    thrown: [],
    cancels: [],
    accounts: new Map([["2026/11/23", { stored: 3, settled: true, cancelled: 0 }]]),
    loteSize: 2,
    requestsPerSecond: 2,
    secret: "the-secret",
    texts: [],
    healed: true,
    ...changes,
  };
}

/** The ledger with other entries for the id of lote 2. */
const ledgerWith = (...entries: object[]) => ({
  "erros_geral.json": [...entries, invalid].map((each) => `${JSON.stringify(each)}\n`).join(""),
});

const lote = (lote: number, ids: readonly string[]) => JSON.stringify({ run: "r2", lote, ids });

/** TMDB answered once about the id of lote 2, and it was told to misbehave; this is what the ledger says of it. */
function onceAnswered(outcome: number | "hang", reason: string, status: number | null): Changes {
  return {
    healed: false,
    arrivals: [{ at: 0, uncertainMs: 0, id: "tt0000003", outcome }],
    misanswered: new Set(["tt0000003"]),
    files: ledgerWith(entry({ reason, status, retryable: true })),
  };
}

/** A stranger's message, of which so much is kept. */
function strangersMessage(body: string, kept = body.length): Changes {
  const told = { imdb_id: null, reason: "malformed_message", status: null, lote: null, run: null };
  const entries = [entry({}), invalid, entry({ ...told, message: body.slice(0, kept) })];
  return {
    strangers: [body],
    files: { "erros_geral.json": entries.map((each) => `${JSON.stringify(each)}\n`).join("") },
  };
}

test("the oracle has nothing to say of a run that is as promised", () => {
  expect(judge(evidence())).toEqual([]);
});

test("an answer that was broken off is a trouble of the network, whatever its status", () => {
  const brokenOff = new Set(["tt0000003"]);
  const { files, ...answered } = onceAnswered(200, "network", 200);
  expect(judge(evidence({ files: files ?? {}, ...answered, misanswered: new Set(), brokenOff }))).toEqual([]);
});

describe("the oracle objects to", () => {
  test.each<[string, Changes, string]>([
    ["a record that is missing", { files: { "lote_1.json": `${record("tt0000001")}\n` } }, "lote_1.json"],
    ["a lote that is missing", { files: { "lote_1.json": undefined } }, "lote_1.json"],
    ["a record that stands twice", { files: { "lote_2.json": `${record("tt0000004")}\n`.repeat(2) } }, "lote_2.json"],
    [
      "a record in another lote",
      { files: { "lote_2.json": `${record("tt0000002")}\n${record("tt0000004")}\n` } },
      "lote_2",
    ],
    [
      "records out of order",
      { files: { "lote_1.json": `${record("tt0000002")}\n${record("tt0000001")}\n` } },
      "lote_1",
    ],
    ["a wrong record", { files: { "lote_2.json": `${record("tt0000004").replace("4", "5")}\n` } }, "lote_2.json"],
    ["an id neither stored nor failed", { files: ledgerWith() }, "lote_2.json"],
    ["an id both stored and failed", { files: ledgerWith(entry({}), entry({ imdb_id: "tt0000004" })) }, "lote_2.json"],
    ["a file that is empty", { files: { "lote_3.json": "" } }, "lote_3.json is empty"],
    ["a file of a superseded run", { files: { "lote_4.json": `${record("tt0000004")}\n` } }, "lote_4.json is nobody's"],
    ["a file with another run's name on it", { runs: { "lote_2.json": "r1" } }, "of another run"],
    ["an entry of a superseded run", { files: ledgerWith(entry({ run: "r1" })) }, "superseded run"],
    ["an entry that stands twice", { files: ledgerWith(entry({}), entry({})) }, "twice"],
    ["an entry of another lote", { files: ledgerWith(entry({ lote: 1 })) }, "not selected into this lote"],
    ["not_found of a movie that TMDB knows", { recordOf: record }, "bears it out"],
    ["not_found without a request", { arrivals: [] }, "bears it out"],
    ["a status that TMDB never answered", { files: ledgerWith(entry({ status: 410 })) }, "bears it out"],
    [
      "server_error without one",
      { files: ledgerWith(entry({ reason: "server_error", status: 503, retryable: true })) },
      "bears",
    ],
    [
      "lote_failed after one delivery",
      { files: ledgerWith(entry({ reason: "lote_failed", status: null, retryable: true })) },
      "bears",
    ],
    [
      "deadline without a delivery that took long",
      { files: ledgerWith(entry({ reason: "deadline", retryable: true })) },
      "bears",
    ],
    ["a reason that there is not", { files: ledgerWith(entry({ reason: "bad_luck" })) }, "no such reason"],
    [
      "what could be retried, once it was",
      { files: ledgerWith(entry({ reason: "network", retryable: true })) },
      "still there",
    ],
    ["a wrong word about retrying", { files: ledgerWith(entry({ retryable: true })) }, "retryable is true"],
    [
      "a malformed message that nobody sent",
      { files: ledgerWith(entry({ reason: "malformed_message", lote: null })) },
      "nobody sent",
    ],
    [
      "a run that is not queued to its end",
      { files: { "_run.json": JSON.stringify({ ...run, status: "queuing" }) } },
      "queuing",
    ],
    ["a wrong number of ids", { files: { "_run.json": JSON.stringify({ ...run, ids: 4 }) } }, "4 ids"],
    [
      "a run of no upload",
      { files: { "_run.json": JSON.stringify({ ...run, source: { sequencer: "09" } }) } },
      "no upload",
    ],
    ["no run at all", { files: { "_run.json": undefined } }, "no _run.json"],
    [
      "an older upload in force",
      {
        uploads: [
          { date: "2026/11/23", csv: CSV, forced: false, sequencer: "02" },
          { date: "2026/11/23", csv: CSV, forced: false, sequencer: "03" },
        ],
      },
      "not in force",
    ],
    ["a wrong count of the rows", { files: { "_run.json": JSON.stringify({ ...run, rows: 6 }) } }, "the rows are said"],
    [
      "a status that is stale",
      { accounts: new Map([["2026/11/23", { stored: 2, settled: false, cancelled: 0 }]]) },
      "status says",
    ],
    ["a count of attempts that is none", { files: ledgerWith(entry({ attempts: 1.5 })) }, "can't be"],
    ["a stranger's large message, kept whole", strangersMessage("x".repeat(250_000)), "bytes are kept"],
    ["a stranger's message, kept without its hash", strangersMessage("x".repeat(3_000), 2_000), "nobody sent"],
    ["an attempt that outlived its time", { attempts: [{ id: "tt0000003", ms: 9_000, reset: false }] }, "took 9000 ms"],
    ["a failure told as an error", { thrown: ["the consumer: FullBatchFailureError"] }, "an error of the function"],
    ["server_error after one request", onceAnswered(503, "server_error", 503), "bears it out"],
    ["network after one request", onceAnswered("hang", "network", null), "bears it out"],
    ["invalid_response after one request", onceAnswered(200, "invalid_response", 200), "bears it out"],
    ["unauthorized since a page said 403", onceAnswered(403, "unauthorized", 403), "bears it out"],
    [
      "deadline since TMDB asked for a long pause",
      {
        ...onceAnswered(429, "deadline", null),
        deliveries: [{ body: lote(2, ["tt0000003"]), timeUsed: 0.7, failed: false, receives: 1, heldUp: true }],
      },
      "bears it out",
    ],
    ["the token in a file", { files: ledgerWith(entry({ message: "the-secret" })) }, "the token stands in"],
    ["the token in a log", { texts: ["GET /3/movie/1?api_key=the-secret"] }, "the token stands in"],
    [
      "a second over the budget",
      { arrivals: [0, 400, 999].map((at) => ({ at, uncertainMs: 0, id: "tt0000003", outcome: 404 })) },
      "budget",
    ],
  ])("%s", (_, changes, sentence) => {
    expect(judge(evidence(changes)).join("\n")).toContain(sentence);
  });
});

describe("a cancelled run", () => {
  const cancelled = JSON.stringify({ ...run, status: "cancelled" });
  const account = { stored: 2, settled: false, cancelled: 0 };
  const ended = (changes: Changes = {}): Evidence =>
    evidence({
      cancels: [{ date: "2026/11/23", run: "r2", knownAt: 0 }],
      accounts: new Map([["2026/11/23", { ...account, cancelled: 1 }]]),
      ...changes,
      files: { "_run.json": cancelled, "lote_2.json": undefined, ...changes.files },
    });

  test("is as promised when what is not stored or failed is counted as cancelled", () => {
    expect(judge(ended())).toEqual([]);
  });

  test("may have lotes that were received too often, though some of their deliveries ended well, with nothing to do", () => {
    const delivery = { body: lote(2, ["tt0000003"]), timeUsed: 0, heldUp: false };
    const deliveries = [1, 2, 3, 4, 5].map((receives) => ({ ...delivery, failed: receives > 1, receives }));
    const files = ledgerWith(entry({ reason: "lote_failed", status: null, retryable: true }));
    expect(judge(ended({ deliveries, files }))).toEqual([]);
  });

  test.each<[string, Changes, string]>([
    ["that nobody has cancelled", { cancels: [] }, "nobody has cancelled the run"],
    ["with another account", { accounts: new Map([["2026/11/23", account]]) }, "status says"],
    [
      "with a record of a failed id",
      { files: { "lote_2.json": `${record("tt0000003")}\n` } },
      "holds what it should not",
    ],
    [
      "that is asked for after two seconds",
      { arrivals: [{ at: 2_001, uncertainMs: 0, id: "tt0000003", outcome: 404 }] },
      "later than 2 s after",
    ],
  ])("%s is told", (_, changes, sentence) => {
    expect(judge(ended(changes)).join("\n")).toContain(sentence);
  });
});
