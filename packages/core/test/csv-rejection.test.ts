import { beforeEach, describe, expect, test } from "vitest";
import { inputKey, ledgerKey, loteKey, runKey } from "../src/dataset/keys.ts";
import { rejectionOf } from "../src/dataset/rejection.ts";
import { type RunFile, readRun } from "../src/files/run-file.ts";
import { METRICS, type Metric } from "../src/metrics.ts";
import type { NewObject, OutgoingMessage } from "../src/ports.ts";
import { produce } from "../src/stages/produce.ts";
import { csv, FILTER, HEADER, row, select } from "./support/csv.ts";
import { MemoryStore, textObject } from "./support/memory-store.ts";
import { QUIET } from "./support/quiet.ts";
import { withoutWaiting } from "./support/without-waiting.ts";

const DATE = "2026/11/23";
const SHORT = "tt0000001|too|short";
const ODD = row({ id: "tt0000002", numeroVotos: "1.234.567" });
const times = (count: number, line: string) => Array.from({ length: count }, () => line);

beforeEach(() => withoutWaiting());

async function verdict(file: string, maxMalformedPercent = 1): Promise<string | undefined> {
  return rejectionOf(await select(file), { filter: FILTER, maxMalformedPercent });
}

describe("a CSV is rejected", () => {
  test.each<[string, string, RegExp]>([
    ["with only a header", csv(), /it has a header and no rows; see whether/],
    [
      "of which nothing passes",
      csv(...times(200, row({ genero: "Drama" }))),
      /none of its 200 rows .*1960.*10,000.*crime or war/,
    ],
    [
      "whose every row has one separator too many",
      csv(...times(200, `${row()}|`)),
      /200 of 200 rows .*16 instead of 15/,
    ],
    [
      "with more than one malformed row in a hundred",
      csv(...times(197, row()), ...times(2, SHORT)),
      /2 of 199 rows .*line 199/,
    ],
    [
      "with more than one unreadable row in a hundred",
      csv(...times(98, row()), ODD),
      /1 of 99 rows .*numeroVotos "1.234.567"/,
    ],
    [
      "whose rows end in CR after a header that ends in LF",
      `${HEADER}\n${times(3, row()).join("\r")}\r`,
      /carriage returns.* LF or CRLF/,
    ],
  ])("%s, in one line that says what to do", async (_, file, why) => {
    const line = await verdict(file);
    expect(line).toMatch(why);
    expect(line).toMatch(/--force/);
    expect(line).not.toContain("\n");
  });

  test("by the percentage that is allowed, of the malformed and of the unreadable each", async () => {
    const file = csv(...times(96, row()), ...times(2, SHORT), ...times(2, ODD));
    expect(await verdict(file, 2)).toBeUndefined();
    expect(await verdict(file, 1.9)).toContain("MAX_MALFORMED_PERCENT");
    const unselected = times(100_000, row({ numeroVotos: "9" }));
    expect(await verdict(csv(row(), ...unselected, SHORT), 0)).toContain("1 of 100,002 rows");
    expect(await verdict(csv(row(), ...times(9, SHORT)), 100)).toBeUndefined();
  });

  test("not for one malformed row and one that can't be read in a hundred", async () => {
    expect(await verdict(csv(...times(98, row()), SHORT, ODD))).toBeUndefined();
  });
});

describe("after a good run", () => {
  /** A bucket with a run in force, its files, and what is measured and sent from then on. */
  async function lakeAfterGoodRun() {
    const store = new MemoryStore();
    const measured = new Map<Metric, number>();
    const sent: OutgoingMessage[] = [];
    const deps = {
      store,
      loteQueue: { send: async (messages: readonly OutgoingMessage[]) => void sent.push(...messages) },
      filter: FILTER,
      loteSize: 100,
      maxMalformedPercent: 1,
      ...QUIET,
      metrics: { add: (metric: Metric, value: number) => void measured.set(metric, value), addFailed: () => {} },
    };
    let uploads = 0;
    const drop = async (object: NewObject) => {
      const key = inputKey(DATE);
      const current = await store.get(key);
      await store.putIf(key, current?.etag, object);
      const etag = (await store.get(key))?.etag ?? "";
      return produce({ bucket: "lake", key, etag, size: object.body.length, sequencer: `0${++uploads}` }, DATE, deps);
    };
    await drop(textObject(csv(row())));
    const run = (await readRun(store, DATE)) as RunFile;
    for (const key of [loteKey(DATE, 1), ledgerKey(DATE)]) {
      await store.putIf(key, undefined, { ...textObject("of the good run"), metadata: { run: run.run } });
    }
    measured.clear();
    sent.length = 0;
    const files = async () => [(await store.get(loteKey(DATE, 1)))?.body, (await store.get(ledgerKey(DATE)))?.body];
    return { store, run, drop, measured, sent, files };
  }

  test.each([
    ["every row has a separator too many", csv(...times(5, `${row()}|`)), { malformed: 5 }],
    ["there is only a header", csv(), {}],
    ["nothing passes", csv(row({ anoLancamento: "1950" })), {}],
    ["votes are no plain numbers", csv(...times(9, row()), ODD), { unreadable: 1 }],
  ])(
    "a CSV of which %s leaves it in force, and its files",
    async (_, file, odd: { malformed?: number; unreadable?: number }) => {
      const { store, run, drop, measured, sent, files } = await lakeAfterGoodRun();
      expect(await drop(textObject(file))).toBe("rejected");
      expect(await readRun(store, DATE)).toEqual({
        ...run,
        rejected: expect.objectContaining({ reason: expect.any(String) }),
      });
      expect(await files()).toEqual(["of the good run", "of the good run"]);
      expect(sent).toEqual([]);
      expect(measured.get(METRICS.csvRejected)).toBe(1);
      expect(measured.get(METRICS.rowsMalformed)).toBe(odd.malformed);
      expect(measured.get(METRICS.rowsUnreadable)).toBe(odd.unreadable);
    },
  );

  test.each([
    ["hardly a row is good", csv(row(), ...times(9, SHORT)), 1],
    ["nothing is selected", csv(), 0],
  ])("a CSV of which %s takes its place if the upload demands it", async (_, file, ids) => {
    const { store, drop, files } = await lakeAfterGoodRun();
    expect(await drop({ ...textObject(file), metadata: { force: "true" } })).toBe("queued");
    expect(await readRun(store, DATE)).toMatchObject({ status: "queued", ids, rejected: null });
    expect(await files()).toEqual([undefined, undefined]);
  });

  test("a CSV that can't be read at all is rejected, whatever the upload demands", async () => {
    const { drop, files } = await lakeAfterGoodRun();
    expect(await drop({ ...textObject("id|genero\n"), metadata: { force: "true" } })).toBe("rejected");
    expect(await files()).toEqual(["of the good run", "of the good run"]);
  });
});

test("with no earlier run, the rejected one tells what was counted", async () => {
  const store = new MemoryStore();
  const key = inputKey(DATE);
  await store.putIf(key, undefined, textObject(csv(row(), SHORT, ODD)));
  const source = { bucket: "lake", key, etag: (await store.get(key))?.etag ?? "", size: 1, sequencer: "01" };
  const loteQueue = { send: () => Promise.reject(new Error("nothing is to be sent")) };
  await produce(source, DATE, { store, loteQueue, filter: FILTER, loteSize: 100, maxMalformedPercent: 1, ...QUIET });
  expect(JSON.parse((await store.get(runKey(DATE)))?.body ?? "")).toMatchObject({
    status: "rejected",
    rows: 3,
    malformed: { count: 1, first_lines: [3] },
    unreadable: { count: 1, first_lines: [4] },
    ids: 0,
  });
});
