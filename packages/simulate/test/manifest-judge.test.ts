import { expect, test } from "vitest";
import { ManifestJudge } from "../src/manifest-judge.ts";

const MANIFEST = "d/_manifest.json";

function judged(changes: readonly (readonly [key: string, etag: string | undefined])[], manifest: object): string[] {
  const judge = new ManifestJudge();
  for (const [key, etag] of changes) judge.changed(key, etag === undefined ? undefined : { etag, body: "" });
  judge.changed(MANIFEST, { etag: "m", body: JSON.stringify(manifest) });
  return judge.wrong;
}

const file = (key: string, etag: string) => ({ key, etag, records: 1 });
const manifest = (...files: object[]) => ({ ids: files.length, stored: files.length, failed: 0, files, ledger: null });

test("a manifest of files that were there together is right, also when one was replaced since", () => {
  expect(
    judged(
      [
        ["a", "1"],
        ["b", "1"],
        ["a", "2"],
      ],
      manifest(file("a", "1"), file("b", "1")),
    ),
  ).toEqual([]);
});

test("a manifest of files that never were there together is wrong", () => {
  const [sentence] = judged(
    [
      ["a", "1"],
      ["a", "2"],
      ["b", "1"],
    ],
    manifest(file("a", "1"), file("b", "1")),
  );
  expect(sentence).toMatch(/never were there together/);
  expect(
    judged(
      [
        ["a", "1"],
        ["a", undefined],
        ["b", "1"],
      ],
      manifest(file("a", "1"), file("b", "1")),
    ),
  ).toHaveLength(1);
  expect(judged([["a", "1"]], manifest(file("a", "2")))).toHaveLength(1);
});

test("a manifest that counts more than its files hold is too early", () => {
  expect(judged([["a", "1"]], { ...manifest(file("a", "1")), ids: 2 })).toEqual([
    expect.stringMatching(/^d\/_manifest.json was written too early: /),
  ]);
});
