import { describe, expect, test } from "vitest";
import {
  type LoteMessage,
  MalformedMessageError,
  mayHaveBeenTried,
  messageBody,
  parseMessage,
} from "../src/stages/message.ts";

const PLACE = { run: "9f2c", date: "2026/11/23", lote: 7 };
const LOTE: LoteMessage = { kind: "lote", ...PLACE, ids: ["tt0111161", "278"], attempts: 0 };
const FAILURES = [
  { id: "tt7777777", reason: "not_found" as const, status: 404, message: "The resource could not be found." },
];
const REPORT: LoteMessage = {
  ...LOTE,
  kind: "report",
  ids: ["tt7777777"],
  attempts: 1,
  failures: FAILURES,
  recovered: ["tt0111161"],
};
const BODY = { version: 2, ...REPORT };
/** As a lote was sent before messages told their kind. */
const VERSION_1 = { version: 1, ...PLACE, ids: ["tt0111161", "278"] };

test("a report of a whole lote fits into a message of SQS's, whatever its failures say", () => {
  const ids = Array.from({ length: 150 }, (_, n) => String(n));
  const failures = ids.map((id) => ({ id, reason: "server_error" as const, status: 503, message: "🎬".repeat(5_000) }));
  const body = messageBody({ ...LOTE, kind: "report", ids, failures, recovered: ids });
  expect(body.length).toBeLessThan(1024 * 1024);
});

/** What a body that is no message is told by. */
function refusal(body: string): MalformedMessageError {
  try {
    parseMessage(body);
  } catch (error) {
    if (error instanceof MalformedMessageError) return error;
    throw error;
  }
  throw new Error(`accepted ${body}`);
}

describe("a message", () => {
  test.each<[string, LoteMessage]>([
    ["of a lote", LOTE],
    ["of a lote that may have been sent before", { ...LOTE, kind: "resumed" }],
    ["of failures and recoveries", REPORT],
    ["of recoveries only", { ...REPORT, ids: [], failures: [] }],
    ["of ids that are to be tried once more", { ...LOTE, kind: "replay", attempts: 3, failures: FAILURES }],
    ["of ids with quotes, line ends and half a surrogate pair", { ...LOTE, ids: ['"', "\n", "\ud83d", "é"] }],
  ])("%s is read as it was written", (_, message) => {
    expect(parseMessage(messageBody(message))).toEqual(message);
  });

  test("states its version, its kind and its attempts", () => {
    expect(JSON.parse(messageBody(LOTE))).toEqual({
      version: 2,
      kind: "lote",
      run: "9f2c",
      date: "2026/11/23",
      lote: 7,
      ids: ["tt0111161", "278"],
      attempts: 0,
    });
  });

  test("may have more keys, which are not handed on", () => {
    const body = JSON.stringify({ ...BODY, sender: "somebody", trace: { id: 1 } });
    expect(parseMessage(body)).toEqual(REPORT);
  });

  test("need not tell the status of a failure", () => {
    const body = JSON.stringify({ ...BODY, failures: [{ id: "tt7777777", reason: "network", message: "reset" }] });
    expect(parseMessage(body)).toMatchObject({
      failures: [{ id: "tt7777777", reason: "network", status: null, message: "reset" }],
    });
  });

  test.each<[LoteMessage["kind"], boolean]>([
    ["lote", false],
    ["resumed", true],
    ["report", true],
    ["replay", true],
  ])("of the kind %s may have ids that were tried before: %s", (kind, tried) => {
    expect(mayHaveBeenTried({ ...REPORT, kind } as LoteMessage)).toBe(tried);
  });
});

describe("a message of version 1", () => {
  const { attempts: _, ...lote } = LOTE;

  test.each<[string, object, string | undefined, object]>([
    ["without failures is a lote", {}, undefined, { ...lote, attempts: 0 }],
    ["with failures, even none, may have been sent before", { failures: [] }, undefined, { kind: "resumed" }],
    [
      "with failures is a report, and its attempts stand beside it",
      { failures: FAILURES },
      "2",
      { kind: "report", failures: FAILURES, recovered: [], attempts: 2 },
    ],
    [
      "with recoveries is a report as well",
      { ids: [], failures: [], recovered: ["278"] },
      "1",
      { kind: "report", ids: [], failures: [], recovered: ["278"], attempts: 1 },
    ],
    [
      "with nothing but recoveries too",
      { recovered: ["278"] },
      undefined,
      { kind: "report", failures: [], recovered: ["278"], attempts: 0 },
    ],
  ])("%s", (_, part, attribute, expected) => {
    expect(parseMessage(JSON.stringify({ ...VERSION_1, ...part }), attribute)).toEqual({
      ...lote,
      attempts: 0,
      ...expected,
    });
  });
});

describe("a body that is no message", () => {
  test.each(["", "hello", "{", '{"version":1', "<xml/>", '{"version":1}{"version":1}'])(
    "since it is no JSON: %j",
    (body) => {
      const error = refusal(body);
      expect(error.name).toBe("MalformedMessageError");
      expect(error.cause).toBeInstanceOf(SyntaxError);
    },
  );

  test.each(["null", "7", '"text"', "[]", "{}", JSON.stringify([BODY]), JSON.stringify(JSON.stringify(BODY))])(
    "since it is other JSON: %s",
    (body) => {
      expect(refusal(body).cause).toBeInstanceOf(Error);
    },
  );

  test.each([
    ["version", { version: 3 }],
    ["version", { version: "1" }],
    ["version", { version: undefined }],
    ["kind", { kind: "letter" }],
    ["kind", { kind: undefined }],
    ["run", { run: "" }],
    ["run", { run: undefined }],
    ["date", { date: "2026/02/30" }],
    ["date", { date: "2026-11-23" }],
    ["date", { date: "../../2026/11/23" }],
    ["lote", { lote: 0 }],
    ["lote", { lote: 1.5 }],
    ["lote", { lote: "7" }],
    ["ids", { ids: "tt0111161" }],
    ["ids", { ids: [111161] }],
    ["ids", { ids: undefined }],
    ["failures", { failures: [{ id: "tt0111161", reason: "bad luck", status: null, message: "" }] }],
    ["failures", { failures: [{ id: "tt0111161", reason: "network", status: null }] }],
    ["failures", { failures: null }],
    ["failures", { failures: undefined }],
    ["recovered", { recovered: [null] }],
    ["recovered", { recovered: undefined }],
  ])("since its %s is wrong: %j", (key, change) => {
    const error = refusal(JSON.stringify({ ...BODY, ...change }));
    expect(error.message).toContain(key);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    ["lote", { lote: 0 }],
    ["ids", { ids: undefined }],
    ["failures", { failures: null }],
    ["recovered", { recovered: [null] }],
  ])("since its %s is wrong, of version 1: %j", (key, change) => {
    expect(refusal(JSON.stringify({ ...VERSION_1, ...change })).message).toContain(key);
  });
});
