import { ledgerKey, loadSettings, runKey } from "@lotes/core";
import { runObject } from "@lotes/core/files/run-file";
import { csv, row } from "@lotes/core/testing/csv";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { ledgerOf, report } from "@lotes/core/testing/reports";
import { queuedRun } from "@lotes/core/testing/runs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { consoleOperations } from "../src/console-operations.ts";
import type { Target } from "../src/target.ts";

const DATE = "2026/11/23";
const RUN = { ...queuedRun("1"), ids: 3, lotes: 1 };

const store = new MemoryStore();
const sent = vi.fn(async (_: readonly { readonly body: string }[]) => {});
const moveAllTo = vi.fn(async () => ({ moved: 4, notMoved: 0, sentButNotDeleted: 0 }));
const target = {
  name: "here",
  bucket: "data-lake",
  store,
  loteQueue: { send: sent },
  loteQueueUrl: "lotes",
  deadLetters: { depth: async () => ({ visible: 4, inFlight: 0 }), moveAllTo },
} as unknown as Target;
const operations = consoleOperations(target, loadSettings({}));

await store.putIf(runKey(DATE), undefined, runObject(RUN));
const failures = [
  report({ id: "tt1", run: RUN.run }),
  report({ id: "tt2", run: RUN.run }),
  report({ id: "tt3", run: RUN.run, reason: "not_found", status: 404 }),
];
await store.putIf(ledgerKey(DATE), undefined, ledgerOf(...failures).toObject(RUN.run));
beforeEach(() => void vi.clearAllMocks());

/** The ids that were sent back. */
const idsSent = () => sent.mock.calls.flatMap(([messages]) => messages.flatMap(({ body }) => JSON.parse(body).ids));

describe("a replay from the page", () => {
  test.each([
    ["what a second try can help", {}, ["tt1", "tt2"]],
    ["all", { all: true }, ["tt1", "tt2", "tt3"]],
    ["a reason", { reason: "not_found" }, ["tt3"]],
    ["chosen ids", { ids: ["tt1", "tt3"] }, ["tt1", "tt3"]],
  ] as const)("of %s tells what it would send, and then sends that", async (_, chosen, ids) => {
    const request = { date: DATE, ...chosen };
    const planned = await operations.planReplay(request);
    expect(planned.lines[0]).toMatch(`${ids.length} id`);
    expect(planned).toMatchObject({
      possible: true,
      lines: expect.arrayContaining([expect.stringMatching("would be")]),
    });
    expect(idsSent()).toEqual([]);
    await operations.replay(request);
    expect(idsSent()).toEqual(ids);
    expect(moveAllTo).not.toHaveBeenCalled();
  });

  test("moves the DeadLetterQueue's messages, also of a date without a run", async () => {
    const request = { date: "2026/11/24", dlq: true };
    expect(await operations.planReplay(request)).toMatchObject({ possible: true });
    expect(moveAllTo).not.toHaveBeenCalled();
    expect((await operations.replay(request)).lines).toContain(
      "4 messages moved from the DeadLetterQueue to LoteQueue.",
    );
    await expect(operations.planReplay({ date: "2026/11/24" })).rejects.toThrow("no run of 2026/11/24");
  });
});

test.each([
  ["is good", [row({})], false],
  ["selects nothing", [row({ numeroVotos: "5" })], true],
])("a CSV that %s is possible, or only by force", async (_, rows, onlyByForce) => {
  const bytes = Buffer.from(csv(...rows));
  const chunks = (async function* () {
    yield bytes;
  })();
  const told = await operations.plan({ date: DATE, name: "movies.csv", bytes: bytes.length, chunks, force: false });
  expect(told).toMatchObject({ possible: true, onlyByForce });
});
