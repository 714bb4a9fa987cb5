import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));

function sourcesOf(name: string): { file: string; text: string }[] {
  const files = globSync(`${name}/src/**/*.{ts,tsx}`, { cwd: packages });
  expect(files).not.toEqual([]);
  return files.map((file) => ({ file, text: readFileSync(packages + file, "utf8") }));
}

/** What a module imports, or exports again, by a path that is relative to it. */
const RELATIVE_IMPORTS = /(?:from |import |import\()"(\.[^"]+)"/g;

function filesMatching(name: string, pattern: RegExp): string[] {
  return sourcesOf(name)
    .filter(({ text }) => pattern.test(text))
    .map(({ file }) => file);
}

/** The house of the domain from the ground up: a file imports from its own floor and from those below. */
const FLOORS = [
  [
    "clipped",
    "column-type",
    "format-number",
    "metrics",
    "proxy",
    "read-environment",
    "reasons",
    "text-lines",
    "topology",
    "whole-or-null",
  ],
  ["dataset/"],
  ["ports", "settings"],
  ["files/"],
  ["stages/"],
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

  test("states the dataset once: its columns, bounds and places on S3", () => {
    const stating = filesMatching("core", /anoLancamento|numeroVotos|"genero"|minYear|minVotes|Raw\/|movie\/\$/);
    expect(stating.sort()).toEqual(["core/src/dataset/movie-filter.ts", "core/src/dataset/movies.ts"]);
  });
});

const PACKAGES = [
  "core",
  "tmdb",
  "aws",
  "functions",
  "local",
  "cli",
  "console",
  "bundler",
  "bench",
  "schedules",
  "simulate",
  "chaos",
  "conformance",
];
const OTHER_THAN_CORE = /from "@lotes\/(?!core["/])/;

describe("the packages keep to their side", () => {
  test("no handler, adapter or domain module knows of the machine it runs on", () => {
    const place = /localhost|127\.0\.0\.1|fauxqs|isLocal|NODE_ENV|@lotes\/local/i;
    expect([
      ...filesMatching("core", place),
      ...filesMatching("tmdb", place),
      ...filesMatching("aws", place),
      ...filesMatching("functions", place),
    ]).toEqual([]);
  });

  test("none has a source of more than 200 lines", () => {
    const long = PACKAGES.flatMap(sourcesOf).filter(({ text }) => text.split("\n").length > 201);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  test("none takes a file of another one by its path: what it lends has a name", () => {
    const outside = globSync(["*/{src,test,bin}/**/*.{ts,tsx,mjs}", "../stacks/**/*.{ts,mjs}"], {
      cwd: packages,
      exclude: ["**/node_modules/**", "../stacks/.sst/**"],
    }).flatMap((file) => {
      const home = file.startsWith("..") ? join("..", "stacks") : (dirname(file).split("/")[0] ?? "");
      const named = [...readFileSync(packages + file, "utf8").matchAll(RELATIVE_IMPORTS)].map(([, path = ""]) => path);
      return named
        .filter((path) => relative(home, join(dirname(file), path)).startsWith(".."))
        .map((path) => `${file} → ${path}`);
    });
    expect(outside).toEqual([]);
  });

  test("the domain knows no AWS client, no Lambda event and no package but itself", () => {
    expect(filesMatching("core", /@aws-sdk|aws-lambda|from "sst"|@lotes\//)).toEqual([]);
  });

  test("TMDB's client knows of the other packages the domain alone, and AWS's clients too", () => {
    expect([...filesMatching("tmdb", OTHER_THAN_CORE), ...filesMatching("aws", OTHER_THAN_CORE)]).toEqual([]);
  });

  test("the page knows of the other packages the domain alone, and of AWS nothing", () => {
    expect(filesMatching("console", OTHER_THAN_CORE)).toEqual([]);
    expect(filesMatching("console", /@aws-sdk|from "sst"/)).toEqual([]);
  });

  test("the handlers and the domain write to no console", () => {
    expect(["core", "tmdb", "functions"].flatMap((name) => filesMatching(name, /console\./))).toEqual([]);
  });
});
