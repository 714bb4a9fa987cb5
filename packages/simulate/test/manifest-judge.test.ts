import { FIRST_KNOWN } from "@lotes/schedules/known";
import { lineOf } from "@lotes/schedules/movies";
import { beforeEach, expect, test } from "vitest";
import { ManifestJudge } from "../src/manifest-judge.ts";

const IDS = [0, 1].map((nth) => `tt${FIRST_KNOWN + nth}`) as [string, string];
const [ONE, OTHER] = IDS;
const HEADER = "id|tituloPincipal|anoLancamento|genero|numeroVotos";
const UPLOAD = {
  date: "d",
  csv: [HEADER, ...IDS.map((id) => `${id}|T|1994|Crime|20000`)].join("\n"),
  forced: false,
  sequencer: "1",
};
const RECORDS = IDS.map((id) => `${lineOf(id)}\n`) as [string, string];

const [FIRST, SECOND, LEDGER] = ["d/lote_1.json", "d/lote_2.json", "d/erros_geral.json"] as const;
const BOTH_STORED = { run: "r", source: { sequencer: "1" }, ids: 2, stored: 2, failed: 0, ledger: null };
const ONE_FAILED = { ...BOTH_STORED, stored: 1, failed: 1 };

let judge: ManifestJudge;

beforeEach(() => {
  judge = new ManifestJudge(1);
  judge.uploaded(UPLOAD);
});

function put(key: string, etag: string, body: string): { key: string; etag: string } {
  judge.changed(key, { etag, body });
  return { key, etag };
}

function failure(lote: number, id: string): string {
  return `${JSON.stringify({ imdb_id: id, lote, run: "r" })}\n`;
}

function judged(manifest: object): string[] {
  put("d/_manifest.json", "m", JSON.stringify(manifest));
  return judge.wrong;
}

test("a manifest of files that were there together is right, also when one was replaced since", () => {
  const files = [put(FIRST, "1", RECORDS[0]), put(SECOND, "1", RECORDS[1])];
  put(FIRST, "2", "");
  expect(judged({ ...BOTH_STORED, files })).toEqual([]);
});

test("a manifest with a failure is right when the ledger that it names has it, and the lote's file has not", () => {
  const files = [put(FIRST, "1", RECORDS[0])];
  const ledger = put(LEDGER, "1", failure(2, OTHER));
  expect(judged({ ...ONE_FAILED, files, ledger })).toEqual([]);
});

test.each([
  ["replaced", () => put(FIRST, "2", "")],
  ["removed", () => judge.changed(FIRST, undefined)],
])("a manifest of files of which one was %s before the other came is wrong", (_, change) => {
  const first = put(FIRST, "1", RECORDS[0]);
  change();
  const files = [first, put(SECOND, "1", RECORDS[1])];
  expect(judged({ ...BOTH_STORED, files })).toEqual([expect.stringMatching(/never was there together/)]);
});

test("a manifest without a ledger is wrong when there was one as soon as all its files were there", () => {
  const first = put(FIRST, "1", RECORDS[0]);
  put(LEDGER, "1", failure(2, OTHER));
  const files = [first, put(SECOND, "1", RECORDS[1])];
  expect(judged({ ...BOTH_STORED, files })).toEqual([expect.stringMatching(/never was there together/)]);
});

test("a manifest is too early when an id that is both stored and failed makes up for one that is neither", () => {
  const files = [put(FIRST, "1", RECORDS[0])];
  const ledger = put(LEDGER, "1", failure(1, ONE));
  expect(judged({ ...ONE_FAILED, files, ledger })).toEqual([
    expect.stringMatching(/too early: lote_1.json has \[{/),
    expect.stringMatching(/too early: lote_2.json has \[\]/),
  ]);
});

test("a manifest that counts more than its files hold is wrong", () => {
  const files = [put(FIRST, "1", RECORDS[0]), put(SECOND, "1", RECORDS[1])];
  expect(judged({ ...BOTH_STORED, stored: 3, files })).toEqual([expect.stringMatching(/tells 2,3,0 ids/)]);
});
