import { describe, expect, test, vi } from "vitest";
import { note, printJson, printLines } from "../src/output.ts";
import { Progress } from "../src/progress.ts";
import { tableLines } from "../src/table.ts";
import { visible } from "../src/visible.ts";

// What a terminal obeys, reverses, breaks a line at or does not show.
const HOSTILE = [
  "\u001b[2J\u001b]0;owned\u0007",
  "\u009b31m",
  "\r\n\t\v\f\b\0\u007f\u0085",
  "\u202eabc\u202c\u2066\u2069\u200f\u061c",
  "\u200b\u200d\ufeff\u00ad\u2060",
  "\u2028\u2029",
  "\u{e0041}\ud800",
];
const ANY = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What is written to a stream meanwhile. */
function written(stream: NodeJS.WriteStream, work: () => void): string {
  const write = vi.spyOn(stream, "write").mockReturnValue(true);
  try {
    work();
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

describe("what came from outside", () => {
  test.each(HOSTILE)("is shown, not obeyed: %j", (text) => {
    const line = `id ${text} end`;
    const screen = { write: vi.fn((_: string) => true) };
    new Progress(40, screen as never).note(line);
    const all = [
      written(process.stdout, () => printLines([line])),
      written(process.stderr, () => note(line)),
      written(process.stdout, () => printJson({ line })),
      screen.write.mock.calls.join(""),
    ];
    for (const each of all) {
      expect(each.endsWith("\n")).toBe(true);
      expect(each.slice(0, -1)).not.toMatch(ANY);
    }
  });

  test("is the same in a JSON document", () => {
    const document = { line: HOSTILE.join(""), [HOSTILE[0] as string]: [1, "ção 映画 🎬"] };
    const text = written(process.stdout, () => printJson(document));
    expect(JSON.parse(text)).toEqual(document);
    expect(text).toContain("ção 映画 🎬");
  });

  test("is left as it is where it is text", () => {
    const text = "Amélie … “Cidade de Deus” 映画 🎬 \\u001b";
    expect(visible(text)).toBe(text);
  });
});

describe("a table", () => {
  const ROWS = [
    ["id", "title", "message"],
    ["1", "映画", "wide"],
    ["2", "e\u0301e\u0301", "combined"],
    ["3", "🎬", "picture"],
    ["\u001b[2J", "plain", "escaped"],
  ];

  test("is aligned as a terminal shows it", () => {
    expect(tableLines(ROWS)).toEqual([
      "  id         title  message",
      "  1          映画   wide",
      "  2          e\u0301e\u0301     combined",
      "  3          🎬     picture",
      "  \\u001b[2J  plain  escaped",
    ]);
  });

  test("is cut to the terminal's width, between letters", () => {
    expect(tableLines([["1", "映画映画映画"]], 10)).toEqual(["  1  映画…"]);
    expect(tableLines([["1", "short"]], 10)).toEqual(["  1  short"]);
    expect(tableLines([["1", "too long"]], 10)).toEqual(["  1  too …"]);
  });

  test("of 200,000 rows is no more than that", () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index), "network", "ECONNRESET"]);
    expect(tableLines(rows)).toHaveLength(200_000);
  });
});
