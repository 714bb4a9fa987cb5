import { describe, expect, test } from "vitest";
import { type LoteMessage, MalformedMessageError, messageBody, parseMessage } from "../src/message.ts";

const LOTE: LoteMessage = { version: 1, run: "9f2c", date: "2026/11/23", lote: 7, ids: ["tt0111161", "278"] };
const REPORT: LoteMessage = {
  ...LOTE,
  ids: ["tt7777777"],
  failures: [{ id: "tt7777777", reason: "not_found", status: 404, message: "The resource could not be found." }],
  recovered: ["tt0111161"],
};

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
  test.each([
    ["of a lote", LOTE],
    ["of failures and recoveries", REPORT],
    ["of recoveries only", { ...LOTE, ids: [], failures: [], recovered: ["tt0111161"] }],
    ["of a lote that may have been sent before", { ...LOTE, failures: [] }],
    ["of ids with quotes, line ends and half a surrogate pair", { ...LOTE, ids: ['"', "\n", "\ud83d", "é"] }],
  ])("%s is read as it was written", (_, message) => {
    expect(parseMessage(messageBody(message))).toEqual(message);
  });

  test("states its version, and a lote's has no other keys than the schema's", () => {
    expect(JSON.parse(messageBody(LOTE))).toEqual({
      version: 1,
      run: "9f2c",
      date: "2026/11/23",
      lote: 7,
      ids: ["tt0111161", "278"],
    });
  });

  test("may have more keys, which are not handed on", () => {
    const body = JSON.stringify({ ...LOTE, sender: "somebody", trace: { id: 1 } });
    expect(parseMessage(body)).toEqual(LOTE);
  });

  test("need not tell the status of a failure", () => {
    const body = JSON.stringify({ ...LOTE, failures: [{ id: "tt7777777", reason: "network", message: "reset" }] });
    expect(parseMessage(body).failures).toEqual([
      { id: "tt7777777", reason: "network", status: null, message: "reset" },
    ]);
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

  test.each(["null", "7", '"text"', "[]", "{}", JSON.stringify([LOTE]), JSON.stringify(JSON.stringify(LOTE))])(
    "since it is other JSON: %s",
    (body) => {
      expect(refusal(body).cause).toBeInstanceOf(Error);
    },
  );

  test.each([
    ["version", { version: 2 }],
    ["version", { version: "1" }],
    ["version", { version: undefined }],
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
    ["recovered", { recovered: [null] }],
  ])("since its %s is wrong: %j", (key, change) => {
    const error = refusal(JSON.stringify({ ...LOTE, ...change }));
    expect(error.message).toContain(key);
    expect(error.cause).toBeInstanceOf(Error);
  });
});
