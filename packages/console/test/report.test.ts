import { ledgerKey, loteKey, lotePrefix, manifestKey, runKey } from "@lotes/core";
import { loteObject } from "@lotes/core/files/lote-file";
import { runObject } from "@lotes/core/files/run-file";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { loteFile, movieIds } from "@lotes/core/testing/movies";
import { report as failureReport, ledgerOf } from "@lotes/core/testing/reports";
import { queuedRun } from "@lotes/core/testing/runs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { runDocumentSchema } from "../src/document.ts";
import { report } from "../src/report.ts";
import { RunReader } from "../src/run-reader.ts";

const DATE = "2026/11/23";
const NOW = new Date("2026-11-23T12:00:00Z");
const MOST_BYTES = 400_000;
const HOSTILE = `</script><script>alert(1)</script><!--<img src=x onerror=alert(2)> "'&`;

const RUN = queuedRun("1");

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

const place = () => ({ name: "here", bucket: "data-lake", store, budget: 40 });

/** A run of so many ids, of which one in seven has failed. */
async function writeRun(count: number, title = "O Poderoso Chefão: Parte II, Versão"): Promise<void> {
  const ids = movieIds(count);
  const run = { ...RUN, ids: count, lotes: Math.ceil(count / 100), rows: count };
  await store.putIf(runKey(DATE), undefined, runObject(run));
  const failed = ids.filter((_, index) => index % 7 === 6);
  const isFailed = new Set(failed);
  for (let lote = 1; lote <= run.lotes; lote++) {
    const all = ids.slice((lote - 1) * 100, lote * 100);
    const stored = all.filter((id) => !isFailed.has(id));
    const { records, ...rest } = loteFile(all, stored, { run: run.run });
    const named = new Map([...records].map(([id, record]) => [id, { ...record, title }]));
    await store.putIf(loteKey(DATE, lote), undefined, loteObject({ ...rest, records: named }));
  }
  const lote = (id: string) => Math.floor(ids.indexOf(id) / 100) + 1;
  const reports = failed.map((id) => failureReport({ id, run: run.run, lote: lote(id) }));
  await store.putIf(ledgerKey(DATE), undefined, ledgerOf(...reports).toObject(run.run));
}

describe("a report", () => {
  test("of 2,000 ids takes at most 400 kB, and names no other place", async () => {
    await writeRun(2_000);
    const { html = "", document } = (await report(place(), DATE)) ?? {};
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(MOST_BYTES);
    expect(document?.run).toMatchObject({ ids: 2_000, stored: 1_715, failed: 285, left: 0, settled: true });
    expect(document?.lotes.flatMap(({ records, failures }) => [...records, ...failures])).toHaveLength(2_000);
    // Those of XML's names are no addresses that anybody asks.
    expect(html.replaceAll(/"http:\/\/www\.w3\.org\/[^"]*"/g, "")).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/@import|url\((?!["']?data:)/);
  });

  test("says whose data it shows, as TMDB asks for", async () => {
    await writeRun(1);
    const { html } = (await report(place(), DATE)) ?? {};
    expect(html).toMatch(
      /TMDB \(themoviedb\.org\)\. This product uses the TMDB API but is not endorsed or certified by TMDB\./,
    );
  });

  test("keeps hostile text text, wherever it comes from, and has no secret of its process", async () => {
    const secrets = { TMDB_TOKEN: "eyJ-a-token-of-tmdb", AWS_SECRET_ACCESS_KEY: "wJalr-a-secret-key" };
    for (const [name, secret] of Object.entries(secrets)) vi.stubEnv(name, secret);
    await writeRun(1, HOSTILE);
    const reports = [
      failureReport({ id: HOSTILE, run: RUN.run, reason: "invalid_id", status: null, message: HOSTILE }),
    ];
    await store.putIf(
      ledgerKey(DATE),
      (await store.get(ledgerKey(DATE)))?.etag,
      ledgerOf(...reports).toObject(RUN.run),
    );
    const hostilePlace = { ...place(), name: HOSTILE, command: { name: HOSTILE, flags: HOSTILE } };
    const html = (await report(hostilePlace, DATE))?.html ?? "";
    const [, json = ""] = /<script type="application\/json" id="document">([^<]*)<\/script>/.exec(html) ?? [];
    const document = JSON.parse(json);
    expect([document.place, document.command.name, document.lotes[0].records[0][3]]).toEqual(Array(3).fill(HOSTILE));
    expect([document.lotes[0].failures[0][0], document.lotes[0].messages[0]]).toEqual([HOSTILE, HOSTILE]);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
    for (const secret of Object.values(secrets)) expect(html).not.toContain(secret);
    vi.unstubAllEnvs();
  });

  test("there is none of a date without a run", async () => {
    expect(await report(place(), DATE)).toBeUndefined();
  });
});

describe("what the page is told", () => {
  test("is of the run in force alone, and what it says is what it may say", async () => {
    await writeRun(150);
    await store.putIf(loteKey(DATE, 9), undefined, loteObject(loteFile(["tt9"], ["tt9"], { run: "another" })));
    const document = await new RunReader(place(), DATE).document(NOW);
    expect(runDocumentSchema.parse(document)).toEqual(document);
    expect(document.lotes.map(({ lote }) => lote)).toEqual([1, 2]);
    expect(document.run?.reasons).toMatchObject([{ reason: "server_error", count: 21, retryable: true }]);
  });

  test("is read anew only where a file has changed, and the lotes are listed once", async () => {
    await writeRun(300);
    const reader = new RunReader(place(), DATE);
    const before = await reader.document(NOW);
    const get = vi.spyOn(store, "get");
    const look = async () => {
      get.mockClear();
      store.listings.splice(0);
      const { lotes } = await reader.document(NOW);
      return { lotes, read: get.mock.calls.map(([key]) => key), listings: [...store.listings] };
    };
    const unchanged = await look();
    // What did not change is the same object: nothing is sent or drawn anew for it.
    expect(unchanged.lotes.map((part, index) => part === before.lotes[index])).toEqual([true, true, true]);
    expect(unchanged).toMatchObject({ read: [runKey(DATE), manifestKey(DATE)], listings: [lotePrefix(DATE)] });
    await store.overwrite(ledgerKey(DATE), "");
    const healed = await look();
    expect(healed).toMatchObject({ read: [runKey(DATE), ledgerKey(DATE)], listings: [lotePrefix(DATE)] });
    expect(healed.lotes.map(({ failures }) => failures.length)).toEqual([0, 0, 0]);
  });

  test("of a date without a run is that there is none", async () => {
    expect(await new RunReader(place(), DATE).document(NOW)).toMatchObject({ run: null, lotes: [], runs: [] });
  });
});
