import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));

function sourcesOf(name: string): { file: string; text: string }[] {
  const files = globSync(`${name}/src/**/*.ts`, { cwd: packages });
  expect(files).not.toEqual([]);
  return files.map((file) => ({ file, text: readFileSync(packages + file, "utf8") }));
}

function filesMatching(name: string, pattern: RegExp): string[] {
  return sourcesOf(name)
    .filter(({ text }) => pattern.test(text))
    .map(({ file }) => file);
}

/** The house of the domain from the ground up: a file imports from its own floor and from those below. */
const FLOORS = [
  ["clipped", "metrics", "proxy", "read-environment", "reasons", "text-lines", "topology", "whole-or-null"],
  ["dataset/"],
  ["ports", "settings"],
  ["files/"],
  ["stages/", "tmdb/"],
  ["operator/"],
  ["index"],
];

/** The files of the domain that each of them imports, by their paths without the end. */
function importsInCore(): Map<string, string[]> {
  const imports = sourcesOf("core").map(({ file, text }): [string, string[]] => {
    const folder = join(file, "..");
    const named = [...text.matchAll(/^(?:import|export|\}) .*?from "(\.[^"]+)\.ts";$/gm)].map(([, to = ""]) =>
      join(folder, to),
    );
    return [nameOf(file.replace(/(\.d)?\.ts$/, "")), named.map(nameOf)];
  });
  return new Map(imports);
}

const nameOf = (path: string) => path.replace("core/src/", "");

const floorOf = (name: string) =>
  FLOORS.findIndex((rooms) => rooms.some((room) => (room.endsWith("/") ? name.startsWith(room) : name === room)));

describe("the house of the domain", () => {
  const imports = importsInCore();

  test("has each file on one of its floors", () => {
    expect([...imports.keys()].filter((name) => floorOf(name) < 0)).toEqual([]);
  });

  test("has no arrow up", () => {
    const up = [...imports].flatMap(([name, others]) =>
      others.filter((other) => floorOf(other) > floorOf(name)).map((other) => `${name} → ${other}`),
    );
    expect(up).toEqual([]);
    // The arrows were found.
    expect(imports.get("stages/consume")).toContain("files/date-output");
  });

  test("has no circle", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) circles.push([...path, name].join(" → "));
      if (done.has(name) || path.includes(name)) return;
      for (const other of imports.get(name) ?? []) visit(other, [...path, name]);
      done.add(name);
    };
    for (const name of imports.keys()) visit(name, []);
    expect(circles).toEqual([]);
  });

  test("has no file of more than 200 lines", () => {
    const long = sourcesOf("core").filter(({ text }) => text.split("\n").length > 201);
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});

describe("the packages keep to their side", () => {
  test("no handler, adapter or domain module knows of the machine it runs on", () => {
    const place = /localhost|127\.0\.0\.1|fauxqs|isLocal|NODE_ENV|@lotes\/local/i;
    expect([
      ...filesMatching("core", place),
      ...filesMatching("aws", place),
      ...filesMatching("functions", place),
    ]).toEqual([]);
  });

  test("the domain knows no AWS client and no Lambda event", () => {
    expect(filesMatching("core", /@aws-sdk|aws-lambda|@lotes\/aws|from "sst"/)).toEqual([]);
  });

  test("the handlers and the domain write to no console", () => {
    expect([...filesMatching("core", /console\./), ...filesMatching("functions", /console\./)]).toEqual([]);
  });
});
