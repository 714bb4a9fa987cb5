import { beforeEach, describe, expect, test, vi } from "vitest";
import { inputKey, ledgerKey, loteKey, runKey } from "../src/dataset/keys.ts";
import { type CsvVersion, readRun, runId } from "../src/files/run-file.ts";
import { cancelRun } from "../src/operator/cancel-run.ts";
import type { MessageQueue } from "../src/ports.ts";
import { FORCE, produce } from "../src/stages/produce.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { InterruptedStore } from "./support/interrupted-store.ts";
import { textObject } from "./support/memory-store.ts";
import { movieIds } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { ledgerOf, malformedReport } from "./support/reports.ts";
import { withoutWaiting } from "./support/without-waiting.ts";

const DATE = "2026/11/23";
const USABLE = csv(row());
const UNUSABLE = "";

beforeEach(() => withoutWaiting());

/** A lake whose movies.csv is uploaded again and again. */
class Lake {
  readonly store = new InterruptedStore(runKey(DATE));
  #uploads = 0;

  async upload(body: string, metadata: Readonly<Record<string, string>> = {}): Promise<CsvVersion> {
    const key = inputKey(DATE);
    await this.store.putIf(key, (await this.store.get(key))?.etag, { ...textObject(body), metadata });
    const etag = (await this.store.get(key))?.etag ?? "";
    return { bucket: "lake", key, etag, size: body.length, sequencer: `0${++this.#uploads}` };
  }

  produce(source: CsvVersion, send: MessageQueue["send"] = async () => {}) {
    const loteQueue = { send };
    const settings = { filter: FILTER, loteSize: 100, maxMalformedPercent: 1 };
    return produce(source, DATE, { store: this.store, loteQueue, ...settings, ...QUIET });
  }

  /** Works on an upload, with a later one being worked on between its reading and its word about it. */
  async produceWith(source: CsvVersion, later: string) {
    this.store.interrupt = async () => {
      await this.produce(await this.upload(later));
    };
    await this.produce(source);
    return readRun(this.store, DATE);
  }
}

describe("a later upload that can't be used stays told", () => {
  test("when an earlier one that can't be used either is done with after it", async () => {
    const lake = new Lake();
    await lake.produce(await lake.upload(USABLE));
    const run = await lake.produceWith(await lake.upload(UNUSABLE), UNUSABLE);
    expect(run).toMatchObject({
      status: "queued",
      source: { sequencer: "01" },
      rejected: { source: { sequencer: "03" } },
    });
  });

  test("when an earlier one that can be used is put in force after it", async () => {
    const lake = new Lake();
    await lake.produce(await lake.upload(USABLE));
    const run = await lake.produceWith(await lake.upload(USABLE), UNUSABLE);
    expect(run).toMatchObject({
      status: "queued",
      source: { sequencer: "02" },
      rejected: { source: { sequencer: "03" } },
    });
  });
});

test("a later upload that can be used leaves nothing of the one that can't", async () => {
  const lake = new Lake();
  await lake.produce(await lake.upload(USABLE));
  await lake.produce(await lake.upload(UNUSABLE));
  await lake.produce(await lake.upload(USABLE));
  expect(await readRun(lake.store, DATE)).toMatchObject({ source: { sequencer: "03" }, rejected: null });
});

test("a run that was given up leaves no file, though its producer died before it removed them", async () => {
  const lake = new Lake();
  const unselecting = csv(row({ numeroVotos: "1" }));
  const forced = await lake.upload(unselecting, { [FORCE.name]: FORCE.value });
  const died = new Error("died");
  await expect(lake.produce(forced, () => Promise.reject(died))).rejects.toThrow(died);
  await lake.store.putIf(loteKey(DATE, 1), undefined, { ...textObject("{}\n"), metadata: { run: runId(forced) } });
  await lake.produce(await lake.upload(unselecting));
  vi.spyOn(lake.store, "list").mockImplementationOnce(() => {
    throw died;
  });
  await expect(lake.produce(forced)).rejects.toThrow(died);
  await lake.produce(forced);
  expect(await readRun(lake.store, DATE)).toMatchObject({ status: "rejected" });
  expect(await lake.store.get(loteKey(DATE, 1))).toBeUndefined();
});

test("another program's message beside a rejected CSV stays, though an earlier upload's event comes again", async () => {
  const lake = new Lake();
  const earlier = await lake.upload(USABLE);
  await lake.produce(await lake.upload(UNUSABLE));
  await lake.store.putIf(
    ledgerKey(DATE),
    undefined,
    ledgerOf(malformedReport("of another program")).toObject(undefined),
  );
  expect(await lake.produce(earlier)).toBe("outdated");
  expect(await lake.store.get(ledgerKey(DATE))).toBeDefined();
});

test("a producer that is about to remove the earlier run's files leaves those of a run that has taken over meanwhile", async () => {
  const lake = new Lake();
  const source = await lake.upload(USABLE);
  const ofRun = (run: string) => ({ ...textObject("{}\n"), metadata: { run } });
  await lake.store.putIf(loteKey(DATE, 7), undefined, ofRun("earlier"));
  let laterRun = "";
  vi.spyOn(lake.store, "head").mockImplementationOnce(async (key) => {
    const later = await lake.upload(csv(row({ id: "tt0000002" })));
    laterRun = runId(later);
    await lake.produce(later);
    await lake.store.putIf(key, undefined, ofRun(laterRun));
    return lake.store.head(key);
  });
  await lake.produce(source);
  expect((await lake.store.get(loteKey(DATE, 7)))?.metadata.run).toBe(laterRun);
  expect(laterRun).not.toBe("");
});

describe("between the instant when its run is in force and its first lote, a producer", () => {
  /** How long after a run was in force its producer sends the first lote. */
  async function waitOf(lake: Lake, source: CsvVersion): Promise<number> {
    vi.useRealTimers();
    const toFake = ["setTimeout", "performance"] as const;
    vi.useFakeTimers({ fakeNodeBuiltins: true, toFake: [...toFake] }).setTimerTickMode("nextTimerAsync");
    let [inForceAt, sentAt] = [Number.NaN, Number.NaN];
    const putIf = lake.store.putIf.bind(lake.store);
    vi.spyOn(lake.store, "putIf").mockImplementationOnce(async (...written) => {
      const etag = await putIf(...written);
      inForceAt = performance.now();
      return etag;
    });
    await lake.produce(source, async () => {
      if (Number.isNaN(sentAt)) sentAt = performance.now();
    });
    return sentAt - inForceAt;
  }

  test("leaves time for removals that were decided before", async () => {
    const lake = new Lake();
    await lake.produce(await lake.upload(USABLE));
    expect(await waitOf(lake, await lake.upload(USABLE))).toBeGreaterThanOrEqual(2_000);
  });

  test("leaves that time too when an earlier call has put the run in force and died", async () => {
    const lake = new Lake();
    await lake.produce(await lake.upload(USABLE));
    const source = await lake.upload(USABLE);
    const died = lake.produce(source, () => Promise.reject(new Error("killed")));
    await expect(died).rejects.toThrow("killed");
    expect(await waitOf(lake, source)).toBeGreaterThanOrEqual(2_000);
  });

  test("does not wait with a date's first run", async () => {
    const lake = new Lake();
    expect(await waitOf(lake, await lake.upload(USABLE))).toBeLessThan(2_000);
  });
});

test("a run that was cancelled when its producer had died leaves nothing of the run before it, once its event comes again", async () => {
  const lake = new Lake();
  const source = await lake.upload(USABLE);
  const dying = async () => {
    throw new Error("the producer died");
  };
  await expect(lake.produce(source, dying)).rejects.toThrow("the producer died");
  const earlier = { ...textObject("{}\n"), metadata: { run: "earlier" } };
  await lake.store.putIf(loteKey(DATE, 7), undefined, earlier);
  await cancelRun(lake.store, DATE, new Date());
  expect(await lake.produce(source)).toBe("cancelled");
  expect(await lake.store.get(loteKey(DATE, 7))).toBeUndefined();
});

describe("an upload that is used only since it demands it, and whose producer died while it queued", () => {
  const dying = async () => {
    throw new Error("the producer died");
  };

  test.each([["before"], ["after"]])(
    "is given up when the same bytes were uploaded without that demand, be it told %s them",
    async (when) => {
      const lake = new Lake();
      const first = await lake.upload(csv(row({ numeroVotos: "5" })), { [FORCE.name]: FORCE.value });
      await expect(lake.produce(first, dying)).rejects.toThrow("the producer died");
      expect(await readRun(lake.store, DATE)).toMatchObject({ status: "queuing" });
      const same = await lake.upload(csv(row({ numeroVotos: "5" })));
      for (const source of when === "before" ? [first, same] : [same, first]) await lake.produce(source);
      expect(await readRun(lake.store, DATE)).toMatchObject({
        status: "rejected",
        rejected: { source: { sequencer: "02" } },
      });
    },
  );
});

test("the lotes of a large run are made as they are sent: at no time are there more of them than a request takes", async () => {
  const lake = new Lake();
  const sent: number[] = [];
  const rows = movieIds(2_050).map((id) => row({ id }));
  await lake.produce(await lake.upload(csv(...rows)), async (messages) => void sent.push(messages.length));
  expect(sent.filter((messages) => messages > 0)).toEqual([10, 10, 1]);
});
