import { readFileSync } from "node:fs";

const DOCUMENT = new URL("../../../../docs/json.md", import.meta.url);

/** What `lotes run` prints stands under this heading. */
export const RUN_HEADING = "run";

/** The examples of docs/json.md by their headings. */
export function jsonExamples(): Map<string, unknown> {
  const sections = readFileSync(DOCUMENT, "utf8").split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const heading = section.slice(0, section.indexOf("\n"));
      const example = /^```json\n(.*?)^```$/ms.exec(section)?.[1];
      if (example === undefined) throw new Error(`docs/json.md has no example of ${heading}`);
      return [heading, JSON.parse(example)];
    }),
  );
}

/** The first column of docs/json.md's tables, as far as it is code. */
export function codesInDocs(): string[] {
  return [...readFileSync(DOCUMENT, "utf8").matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, code]) => code ?? "");
}

/**
 * The keys and types of a document, recursively; an array is described by its first element, for the others must be like it.
 * @example shapeOf({ ids: 2, reasons: [{ code: "a" }] }) // { ids: "number", reasons: [{ code: "string" }] }
 */
export function shapeOf(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const shapes = value.map((each) => JSON.stringify(shapeOf(each)));
    return [...new Set(shapes)].map((shape) => JSON.parse(shape));
  }
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
}
