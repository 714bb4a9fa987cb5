import { globSync, readFileSync } from "node:fs";
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
