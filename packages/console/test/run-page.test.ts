import { MOVIE_ATTRIBUTES } from "@lotes/core";
import { describe, expect, test } from "vitest";
import type { LotePart, RunDocument } from "../src/document.ts";
import { commands } from "../src/page/commands.ts";
import { loteState } from "../src/page/lote-state.ts";
import { consumerTime, phases } from "../src/page/phases.ts";
import { requestRate } from "../src/page/request-rate.ts";
import { chosenRows, rowsOf } from "../src/page/rows.ts";
import { storyOf, toldFate } from "../src/page/story.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 12) + seconds * 1000).toISOString();

function work(from: number, until: number, rest: Partial<NonNullable<LotePart["work"]>> = {}): LotePart["work"] {
  const counts = { requests: 100, retries: 0, rate_limited: 0, reused: 0, times: null };
  return { started_at: at(from), ended_at: at(until), repeated: false, ...counts, ...rest };
}

function lote(number: number, part: Partial<LotePart> = {}): LotePart {
  return { lote: number, records: [], failures: [], messages: [], open: [], work: null, ...part };
}

const record = (id: string, title: string, votes: number | null): LotePart["records"][number] => {
  return [id, 1, id, title, 90, "1994-01-01", 0, 0, 1, 5, votes];
};
const failure = (id: string): LotePart["failures"][number] => [id, "not_found", 404, 0, 1, at(1), at(2)];

describe("a lote's state", () => {
  const queued = { status: "queued" } as const;
  const one = [record("tt0000001", "A", 1)];
  const failed = [failure("tt0000002")];
  test.each([
    ["waiting", undefined],
    ["stored", lote(1, { records: one })],
    ["failed", lote(1, { failures: failed })],
    ["partly failed", lote(1, { records: one, failures: failed })],
    ["reused", lote(1, { records: one, work: work(0, 1, { reused: 1, requests: 0 }) })],
    ["under way", lote(1, { records: one, open: ["tt0000003"] })],
  ])("is %s", (state, part) => {
    expect(loteState(part, queued)).toBe(state);
  });

  test("of a cancelled run is cancelled as far as ids are open", () => {
    const cancelled = { status: "cancelled" } as const;
    expect(loteState(undefined, cancelled)).toBe("cancelled");
    expect(loteState(lote(1, { records: one, open: ["tt0000003"] }), cancelled)).toBe("cancelled");
    expect(loteState(lote(1, { records: one }), cancelled)).toBe("stored");
  });
});

describe("requests a second", () => {
  test("are each lote's, spread over the time it was worked on", () => {
    const rate = requestRate([lote(1, { work: work(0, 5) }), lote(2, { work: work(2.5, 7.5, { rate_limited: 10 }) })]);
    expect(rate?.spanSeconds).toBe(1);
    expect(rate?.requests.map(Math.round)).toEqual([0, 20, 20, 30, 40, 40, 20, 20, 10, 0]);
    expect(rate?.rateLimited.reduce((sum, each) => sum + each, 0)).toBeCloseTo(10);
    expect(rate?.times[1]).toBe(Date.parse(at(0)) / 1000);
    expect(rate?.paused.every((share) => share === null)).toBe(true);
  });

  test("stand beside what was asked again, and the share of the consumers' time that was a pause", () => {
    const times = { queue: 0, limiter: 2_000, pause: 2_000, tmdb: 0, s3: 0 };
    const told = lote(1, { work: work(0, 4, { retries: 8, times }) });
    const rate = requestRate([told, lote(2, { work: work(0, 4, { times: { ...times, limiter: 4_000, pause: 0 } }) })]);
    expect(rate?.retries).toEqual([0, 2, 2, 2, 2, 0]);
    expect(rate?.paused).toEqual([null, 0.25, 0.25, 0.25, 0.25, null]);
  });

  test("leave out a lote that was worked on more than once, and say so", () => {
    const lotes = [lote(1, { work: work(0, 5) }), lote(2, { work: work(0, 90_000, { repeated: true }) })];
    expect(requestRate(lotes)).toMatchObject({ leftOut: 1, spanSeconds: 1 });
    expect(requestRate(lotes.slice(1))).toBeUndefined();
  });

  test("of hours are told in at most some hundred spans, with all requests in them", () => {
    const rate = requestRate([lote(1, { work: work(0, 36_000) }), lote(2, { work: work(100, 100) })]);
    expect(rate?.times.length).toBeLessThanOrEqual(602);
    const sum = (rate?.requests ?? []).reduce((total, each) => total + each * (rate?.spanSeconds ?? 0), 0);
    expect(sum).toBeCloseTo(200);
  });
});

test("the time of a run is divided without a rest", () => {
  const run = { status: "queued", started_at: at(0), finished_at: at(20) };
  const lotes = [lote(1, { work: work(2, 8) }), lote(2, { work: work(6, 10) }), lote(3, { work: work(13, 18) })];
  const parts = phases({ run, lotes } as unknown as RunDocument);
  expect(parts.map(({ seconds }) => seconds)).toEqual([2, 13, 3, 2]);
  expect(phases({ run, lotes: [] } as unknown as RunDocument)).toEqual([]);
});

test("what the consumers waited for is told by the lotes that know it", () => {
  const times = { queue: 3_000, limiter: 4_000, pause: 500, tmdb: 800, s3: 40 };
  const lotes = [
    lote(1, { work: work(0, 5, { times }) }),
    lote(2, { work: work(0, 5, { times: { ...times, queue: 9_000 } }) }),
  ];
  const { parts, queueSeconds } = consumerTime({ lotes: [...lotes, lote(3, { work: work(5, 9) })] }) ?? {};
  expect(parts?.map(({ seconds }) => seconds)).toEqual([8, 1.6, 1, 0.08]);
  expect(queueSeconds).toEqual({ mean: 6, most: 9 });
  expect(consumerTime({ lotes: [lote(3, { work: work(5, 9) })] })).toBeUndefined();
});

describe("the table", () => {
  const lotes = [
    lote(1, { records: [record("tt0000001", "Água", 5), record("tt0000002", "Zulu", null)] }),
    lote(2, {
      records: [record("tt0000003", "Mar", 50)],
      failures: [failure("tt0000004")],
      messages: ["no such movie"],
    }),
  ];
  const chosen = (choice: object) =>
    chosenRows(rowsOf({ lotes, attributes: MOVIE_ATTRIBUTES }), {
      words: "",
      kind: "all",
      sort: "lote",
      isDescending: false,
      ...choice,
    }).map(({ id }) => id.at(-1));

  test("finds by every word of title, year, id, reason and message", () => {
    expect(chosen({ words: "ZULU 1994" })).toEqual(["2"]);
    expect(chosen({ words: "tt0000004" })).toEqual(["4"]);
    expect(chosen({ words: "not_found such" })).toEqual(["4"]);
    expect(chosen({ kind: "stored" })).toEqual(["1", "2", "3"]);
    expect(chosen({ kind: "failed" })).toEqual(["4"]);
  });

  test("has what is unknown last, whichever way it is sorted", () => {
    expect(chosen({ sort: "votes" })).toEqual(["1", "3", "2", "4"]);
    expect(chosen({ sort: "votes", isDescending: true })).toEqual(["3", "1", "2", "4"]);
    expect(chosen({ isDescending: true })).toEqual(["4", "3", "2", "1"]);
  });

  test("tells of a record that was used again when TMDB gave it", () => {
    const records = [record("tt0000001", "A", 1), record("tt0000002", "B", 1)];
    const used_again = [{ at: at(-90), places: [1] }];
    const lotes = [lote(1, { records, used_again, work: work(2, 7, { reused: 1 }) })];
    const told = (id: string) => toldFate(storyOf(id, { lotes, run: null }));
    expect(told("tt0000001")).toMatchObject({ asked: { from: at(2), usedAgainOf: undefined } });
    expect(told("tt0000002")).toMatchObject({ asked: { usedAgainOf: at(-90) } });
  });

  test("leads to the story of each id", () => {
    const run = { settled: false } as RunDocument["run"];
    expect(storyOf("tt0000003", { lotes, run })).toMatchObject({ state: "stored", lote: { lote: 2 } });
    expect(storyOf("tt0000004", { lotes, run })).toMatchObject({ state: "failed" });
    expect(storyOf("tt0000009", { lotes: [lote(1, { open: ["tt0000009"] })], run })).toMatchObject({ state: "open" });
    expect(storyOf("tt0000009", { lotes, run })).toEqual({ state: "unknown" });
    expect(storyOf("tt0000009", { lotes, run: { ...run, settled: true } as RunDocument["run"] })).toEqual({
      state: "never selected",
    });
  });
});

describe("the command that does the same", () => {
  const place = { date: "2026/11/23", command: { name: "./lotes", flags: " --stage prod" } };

  test.each([
    ["what a second try can help", {}, [], "replay"],
    ["all", {}, ["--all"], "replay --all"],
    ["the DeadLetterQueue's messages too", {}, ["--dlq"], "replay --dlq"],
    ["a reason", { reason: "network" }, [], "replay --reason network"],
    [
      "ids, as a shell takes them",
      { ids: ["tt1", "it's $HOME", "-1"] },
      [],
      "replay --id tt1 --id 'it'\\''s $HOME' --id=-1",
    ],
  ] as const)("replays %s", (_, chosen, flags, words) => {
    expect(commands.replay(chosen, place, flags)).toBe(`./lotes ${words} --date 2026/11/23 --stage prod`);
  });

  test("ingests a file whatever it is called, by force if need be", () => {
    expect(commands.ingest("my movies.csv", place)).toBe(
      "./lotes ingest 'my movies.csv' --date 2026/11/23 --stage prod",
    );
    expect(commands.ingest("-rf", place, ["--force"])).toBe(
      "./lotes ingest ./-rf --force --date 2026/11/23 --stage prod",
    );
  });

  test("shows what it does, whatever a file or an id is called", () => {
    expect(commands.ingest("a\u202e'\n.csv", place)).toContain("ingest $'a\\U0000202e\\'\\U0000000a.csv' --date");
    expect(commands.explain("$(rm -r ~)", place)).toContain("explain '$(rm -r ~)' --date");
  });

  test("is none where the run can't be reached any more", () => {
    expect(commands.cancel({ ...place, command: null })).toBe("");
  });
});
