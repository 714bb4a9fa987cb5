import type { Failure } from "@lotes/core";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Body, messageIn, Pipeline } from "./support/pipeline.ts";

const known = movieIds(3);
const unknown = ["tt7777771", "tt7777772", "tt7777773"];

let pipeline: Pipeline;
let lote: Body;
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: known.map(facts) });
  await pipeline.produce(await pipeline.drop(csvSelecting([...known, ...unknown])));
  lote = messageIn((await pipeline.take("LoteQueue"))[0]);
});
afterEach(() => pipeline.stop());

let sent = 0;
/** A message of the DeadLetterQueue as Lambda hands it over, each sent a second after the one before. */
function letter(body: Body | string, attempts = 0): SQSRecord {
  sent++;
  return {
    messageId: `message-${sent}`,
    body: typeof body === "string" ? body : JSON.stringify({ ...body, attempts }),
    attributes: { SentTimestamp: String(1_795_000_000_000 + sent * 1000), ApproximateReceiveCount: "1" },
    messageAttributes: {},
  } as unknown as SQSRecord;
}

/** What a consumer reports of ids that failed. */
function failing(
  ids: readonly string[],
  reason: Failure["reason"] = "server_error",
  status: number | null = 500,
): Body {
  return {
    ...lote,
    kind: "report",
    ids: [...ids],
    recovered: [],
    failures: ids.map((id) => ({ id, reason, status, message: "why" })),
  };
}

describe("a consumer's report", () => {
  test("becomes an entry for each id that failed", async () => {
    const report = letter(failing(unknown), 1);
    await pipeline.collect([report]);
    const at = new Date(Number(report.attributes.SentTimestamp)).toISOString();
    expect(await pipeline.ledger()).toEqual(
      unknown.map((imdb_id) => ({
        imdb_id,
        reason: "server_error",
        status: 500,
        message: "why",
        retryable: true,
        lote: 1,
        run: lote.run,
        attempts: 1,
        first_failed_at: at,
        last_failed_at: at,
      })),
    );
  });

  test("of version 1, with its attempts beside it, is entered as well", async () => {
    const { version, kind, attempts, ...place } = lote;
    const failures = [{ id: unknown[0], reason: "network", status: null, message: "why" }];
    const body = JSON.stringify({ version: 1, ...place, ids: [unknown[0]], failures });
    const report = letter(body);
    report.messageAttributes = { attempts: { dataType: "Number", stringValue: "2" } };
    await pipeline.collect([report]);
    expect(await pipeline.ledger()).toMatchObject([{ imdb_id: unknown[0], reason: "network", attempts: 2 }]);
  });

  test("of another try adds to the attempts and tells the latest reason", async () => {
    await pipeline.collect([letter(failing(unknown), 1)]);
    await pipeline.collect([letter(failing([unknown[0] ?? ""], "not_found", 404), 2)]);
    const [first, second] = await pipeline.ledger();
    expect(first).toMatchObject({ reason: "not_found", retryable: false, attempts: 2 });
    expect(Date.parse(first?.last_failed_at ?? "")).toBeGreaterThan(Date.parse(first?.first_failed_at ?? ""));
    expect(second).toMatchObject({ reason: "server_error", attempts: 1 });
  });

  test("of ids that recovered takes their entries out", async () => {
    await pipeline.collect([letter(failing(unknown), 1)]);
    await pipeline.collect([
      letter({ ...lote, kind: "report", ids: [], failures: [], recovered: unknown.slice(0, 2) }, 2),
    ]);
    expect((await pipeline.ledger()).map((entry) => entry.imdb_id)).toEqual(unknown.slice(2));
  });

  test("of the last recovery takes the file away", async () => {
    await pipeline.collect([letter(failing(unknown), 1)]);
    await pipeline.collect([letter({ ...lote, kind: "report", ids: [], failures: [], recovered: unknown }, 2)]);
    expect(await pipeline.read("erros_geral.json")).toBeUndefined();
  });

  test("of an id that has a record by now, since another delivery got it, is no failure", async () => {
    await pipeline.send("LoteQueue", JSON.stringify(lote));
    await pipeline.consume(await pipeline.take("LoteQueue"));
    await pipeline.collect([letter(failing([...known, ...unknown], "network", null), 1)]);
    expect((await pipeline.ledger()).map((entry) => entry.imdb_id)).toEqual(unknown);
  });

  test("of a run that is no longer in force is dropped, and the entries of that run go", async () => {
    await pipeline.collect([letter(failing(unknown.slice(0, 1)), 1)]);
    const ledger = (await pipeline.read("erros_geral.json")) ?? "";
    await pipeline.produce(await pipeline.drop(csvSelecting(known)));
    expect(ledger).not.toBe("");
    await pipeline.collect([letter(failing(unknown), 1)]);
    expect(await pipeline.ledger()).toEqual([]);
  });
});

describe("a lote that SQS moved after five receives", () => {
  test("is recorded as lote_failed for each id that has no record", async () => {
    await pipeline.collect([letter(lote)]);
    const ledger = await pipeline.ledger();
    expect(ledger.map((entry) => entry.imdb_id)).toEqual([...known, ...unknown]);
    expect(ledger[0]).toMatchObject({ reason: "lote_failed", status: null, retryable: true, attempts: 1, lote: 1 });
  });

  test("does not count the records it had stored before it failed", async () => {
    await pipeline.send("LoteQueue", JSON.stringify({ ...lote, ids: known }));
    await pipeline.consume(await pipeline.take("LoteQueue"));
    await pipeline.collect([letter(lote)]);
    expect((await pipeline.ledger()).map((entry) => entry.imdb_id)).toEqual(unknown);
  });
});

describe("a message that is none of the pipeline's", () => {
  test.each([
    ["no JSON", "{ broken"],
    ["another schema", JSON.stringify({ version: 2, hello: "world" })],
  ])("(%s) is kept with its body", async (_, body) => {
    const stray = letter(body);
    const at = new Date(Number(stray.attributes.SentTimestamp)).toISOString();
    await pipeline.collect([stray]);
    const date = at.slice(0, 10).replaceAll("-", "/");
    const entry = JSON.parse((await pipeline.read("erros_geral.json", date)) ?? "");
    expect(entry).toMatchObject({ imdb_id: null, reason: "malformed_message", message: body, lote: null, run: null });
  });

  test("stands in the ledger of the date it names, beside the failures", async () => {
    const body = JSON.stringify({ date: lote.date, what: "ever" });
    await pipeline.collect([letter(failing(unknown), 1), letter(body), letter(body)]);
    const ledger = await pipeline.ledger();
    expect(ledger).toHaveLength(unknown.length + 1);
    expect(ledger.at(-1)).toMatchObject({ reason: "malformed_message", message: body });
  });
});

describe("a date without _run.json", () => {
  test("keeps its ledger", async () => {
    await pipeline.collect([letter(failing(unknown), 1)]);
    await pipeline.remove("_run.json");
    await pipeline.collect([letter(JSON.stringify({ date: lote.date }))]);
    expect(await pipeline.ledger()).toHaveLength(unknown.length + 1);
  });
});

describe("a batch", () => {
  test("is written in the order it was sent, however it is delivered", async () => {
    const older = letter(failing(unknown), 1);
    const newer = letter(failing(unknown, "not_found", 404), 2);
    await pipeline.collect([newer, older]);
    expect(new Set((await pipeline.ledger()).map((entry) => entry.reason))).toEqual(new Set(["not_found"]));
  });

  test("of several dates fails only the letters of the date that could not be written", async () => {
    const other = { ...failing(unknown), date: "2020/01/01" };
    const good = letter(failing(unknown), 1);
    const bad = letter(JSON.stringify({ date: other.date }));
    pipeline.fault = (request) =>
      request.service === "s3" && request.key.includes("/2020/01/01/") && request.method === "PUT"
        ? { status: 403, code: "AccessDenied", message: "no" }
        : undefined;
    expect(await pipeline.collect([good, bad])).toEqual({ batchItemFailures: [{ itemIdentifier: bad.messageId }] });
    expect(await pipeline.ledger()).toHaveLength(unknown.length);
    expect(await pipeline.collect([bad])).toEqual({ batchItemFailures: [{ itemIdentifier: bad.messageId }] });
  });
});
