import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputKey, runKey } from "../src/dataset/keys.ts";
import { utcDate } from "../src/dataset/run-date.ts";
import { Ledger } from "../src/files/ledger.ts";
import { keptMessage, type LedgerEntry } from "../src/files/ledger-entry.ts";
import { newRun, runObject } from "../src/files/run-file.ts";
import { REASONS } from "../src/reasons.ts";
import { collect, type DeadLetter } from "../src/stages/collect.ts";
import { type LoteMessage, MalformedMessageError, messageBody, parseMessage } from "../src/stages/message.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { failuresIn } from "./support/messages.ts";
import { QUIET } from "./support/quiet.ts";

// Enough to break each field in each way, and the file still takes less than 2 s.
const RUNS = { numRuns: 100 };

/** Any text JavaScript can hold, halves of surrogate pairs among it. */
const codeUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));
const text = fc.string({ unit: codeUnit, maxLength: 8 });
const day = fc
  .date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((instant) => utcDate(instant));

/** Digits in the place of a date's, around the ends of months and years. */
const almostDay = fc
  .tuple(
    fc.constantFrom("0000", "1900", "2000", "2024", "2026"),
    fc.constantFrom("00", "01", "02", "04", "11", "12", "13"),
    fc.constantFrom("00", "01", "28", "29", "30", "31", "32"),
  )
  .map((parts) => parts.join("/"));

const REQUIRED = ["version", "kind", "run", "date", "lote", "ids"] as const;
const reason = fc.constantFrom(...REASONS);
const failure = fc.record({ id: text, reason, status: fc.option(fc.maxSafeInteger()), message: text });
const place = {
  run: fc.string({ unit: codeUnit, minLength: 1, maxLength: 8 }),
  date: day,
  lote: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  ids: fc.array(text),
};
const [failures, recovered] = [fc.array(failure), fc.array(text)];
const common = { ...place, attempts: fc.nat(1_000_000) };
const message: fc.Arbitrary<LoteMessage> = fc.oneof(
  fc.record({ kind: fc.constantFrom("lote", "resumed"), ...common }),
  fc.record({ kind: fc.constant("report" as const), ...common, failures, recovered }),
  fc.record({ kind: fc.constant("replay" as const), ...common, failures }),
);
const version1 = fc.record(
  { version: fc.constant(1), ...place, failures, recovered },
  { requiredKeys: ["version", "run", "date", "lote", "ids"] },
);
const parts = message.map((whole): object => JSON.parse(messageBody(whole)));

const withoutField = fc
  .tuple(parts, fc.constantFrom(...REQUIRED))
  .map(([whole, field]) => JSON.stringify({ ...whole, [field]: undefined }));
const almostFailure = fc.record(
  { id: text, reason: fc.oneof(reason, text), status: fc.jsonValue(), message: text },
  { requiredKeys: ["reason", "message"] },
);
const withOtherValue = fc
  .tuple(
    fc.oneof(parts, version1),
    fc.constantFrom(...REQUIRED, "attempts", "failures", "recovered"),
    fc.oneof(fc.jsonValue(), fc.double(), fc.array(text), almostDay, fc.array(almostFailure, { maxLength: 2 })),
  )
  .map(([whole, field, value]) => JSON.stringify({ ...whole, [field]: value }));
const cutOff = fc.tuple(message.map(messageBody), fc.nat()).map(([body, end]) => body.slice(0, end % body.length));
const oneOtherSign = fc
  .tuple(message.map(messageBody), fc.nat(), fc.oneof(fc.constantFrom(...'"{}[],:\\-019'), codeUnit))
  .map(([body, at, sign]) => body.slice(0, at % body.length) + sign + body.slice((at % body.length) + 1));

const KINDS: [kind: string, bodies: fc.Arbitrary<string>][] = [
  ["any text", fc.oneof(text, fc.string())],
  ["any JSON", fc.json()],
  ["a message of version 1", version1.map((body) => JSON.stringify(body))],
  ["any bytes, read as UTF-8", fc.uint8Array().map((bytes) => Buffer.from(bytes).toString())],
  ["a message that lacks a field", withoutField],
  ["a message with another value for a field", withOtherValue],
  ["a message that is cut off", cutOff],
  ["a message with one character exchanged", oneOtherSign],
];
const body = fc.oneof(...KINDS.map(([, bodies]) => bodies));

/** The message, or undefined where the body is refused; nothing else may happen. */
function read(body: string): LoteMessage | undefined {
  try {
    const message = parseMessage(body);
    // Bodies that are made here have ids.
    return message.kind === "closing" ? undefined : message;
  } catch (error) {
    if (error instanceof MalformedMessageError) return undefined;
    throw error;
  }
}

/** By the rules of the calendar, not by Date, which the schema asks. */
function isCalendarDay(text: string): boolean {
  const [year = 0, month = 0, date = 0] = text.split("/").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return /^\d{4}\/\d{2}\/\d{2}$/.test(text) && date >= 1 && date <= days;
}

describe("a message", () => {
  test("is read as it was written, whatever it holds", () => {
    fc.assert(
      fc.property(message, (whole) => {
        expect(parseMessage(messageBody(whole))).toEqual(whole);
      }),
      RUNS,
    );
  });

  test("is refused for its date exactly when that is no day of the calendar", () => {
    fc.assert(
      fc.property(message, fc.oneof(almostDay, day, text), (whole, date) => {
        expect(read(messageBody({ ...whole, date })) !== undefined).toBe(isCalendarDay(date));
      }),
      RUNS,
    );
  });

  test.each([
    ["lacks a field that it needs", withoutField],
    ["names no run", message.map((whole) => messageBody({ ...whole, run: "" }))],
    ["is cut off", cutOff],
  ])("is refused whenever it %s", (_, bodies) => {
    fc.assert(
      fc.property(bodies, (body) => {
        expect(read(body)).toBeUndefined();
      }),
      RUNS,
    );
  });
});

describe("a body is refused, or it is a message that obeys the schema and is written as it was read", () => {
  test.each(KINDS)("%s", (_, bodies) => {
    fc.assert(
      fc.property(bodies, (body) => {
        const accepted = read(body);
        if (accepted === undefined) return;
        // Compared as it is written: a status of -0 is accepted, and JSON.stringify writes it as 0.
        const written = messageBody(accepted);
        expect(messageBody(parseMessage(written))).toBe(written);
        const { run, date, lote, ids, attempts } = accepted;
        const recovered = accepted.kind === "report" ? accepted.recovered : [];
        expect(JSON.parse(written).version).toBe(2);
        expect(Number.isSafeInteger(attempts) && attempts >= 0).toBe(true);
        expect(run).not.toBe("");
        expect(isCalendarDay(date)).toBe(true);
        expect(Number.isSafeInteger(lote) && lote > 0).toBe(true);
        for (const each of [run, ...ids, ...recovered]) expect(each).toBeTypeOf("string");
        for (const { id, reason, status, message } of failuresIn(accepted)) {
          expect([typeof id, typeof message]).toEqual(["string", "string"]);
          expect(REASONS).toContain(reason);
          expect(status === null || Number.isSafeInteger(status)).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

describe("collecting dead letters", () => {
  const DATE = "2026/11/23";
  const SOURCE = { bucket: "lake", key: inputKey(DATE), etag: "etag", size: 1, sequencer: "01" };
  const IN_FORCE = newRun(SOURCE, { minYear: 0, minVotes: 0, genres: [] }, new Date("2026-11-23T12:00:00Z"));

  /** The entries of all ledgers once each batch of letters was collected. */
  async function entriesAfter(batches: readonly DeadLetter[][]): Promise<LedgerEntry[]> {
    const store = new MemoryStore();
    await store.putIf(runKey(DATE), undefined, runObject(IN_FORCE));
    for (const batch of batches) await Promise.all(collect(batch, { store, ...QUIET }));
    const entries: LedgerEntry[] = [];
    for await (const { key } of store.list("")) {
      if (key !== runKey(DATE)) entries.push(...Ledger.parse(await store.get(key)).entries());
    }
    return entries;
  }

  const ofTheRun = fc
    .record({ lote: fc.integer({ min: 1, max: 3 }), ids: fc.array(text) })
    .map((part): LoteMessage => ({ kind: "lote", run: IN_FORCE.run, date: DATE, ...part, attempts: 0 }));
  const letter = fc.record({
    body: fc.oneof({ weight: 3, arbitrary: body }, { weight: 1, arbitrary: ofTheRun.map(messageBody) }),
    sentAt: fc.date({ min: new Date("2026-11-22"), max: new Date("2026-11-25"), noInvalidDate: true }),
    version1Attempts: fc.constantFrom(undefined, "1", "3"),
  });

  test("keeps every body that is no message, byte for byte unless it is long, and every id of the run in force beside them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(letter, { maxLength: 8 }), { maxLength: 3 }), async (batches) => {
        const bodies = batches.flat().map(({ body }) => body);
        const malformed = bodies.filter((body) => read(body) === undefined);
        // Of a run that is not in force nothing is kept.
        const lotes = bodies.flatMap((body) => read(body) ?? []).filter(({ run }) => run === IN_FORCE.run);
        const failed = lotes.flatMap(({ lote, ids }) => ids.map((id) => `${lote} ${id}`));

        const entries = await entriesAfter(batches);
        const kept = entries.filter(({ reason }) => reason === "malformed_message").map(({ message }) => message);
        expect(new Set(kept)).toEqual(new Set(malformed.map(keptMessage)));
        const told = entries.filter(({ imdb_id }) => imdb_id !== null).map(({ lote, imdb_id }) => `${lote} ${imdb_id}`);
        expect(new Set(told)).toEqual(new Set(failed));
      }),
      RUNS,
    );
  });
});
