import { scheduleOf } from "@lotes/schedules/schedule";
import { expect, test } from "vitest";
import type { Deviation } from "../src/choices.ts";
import { promiseOf } from "../src/promise-of.ts";
import { type Run, Shrinker } from "../src/shrink.ts";

const HEADER = "id|tituloPincipal|anoLancamento|genero|numeroVotos";

const deviations = Array.from(
  { length: 20 },
  (_, nth): Deviation => ({ key: `call ${nth}`, atMs: nth, step: "a step", trouble: "slow", value: {} }),
);
const action = { date: "2026/11/23", does: "replay", attempts: undefined } as const;
const schedule = {
  ...scheduleOf(1, 1),
  operator: [1, 2, 3].map((atMs) => ({ ...action, atMs })),
  uploads: [
    { date: "2026/11/23", atMs: 0, csv: `${HEADER}\na\nb\nc\nd`, forced: false, events: 3, eventGapMs: 0 },
    { date: "2026/11/23", atMs: 9, csv: `${HEADER}\ne`, forced: false, events: 1, eventGapMs: 0 },
  ],
};

/** A pipeline that loses a lote when two calls go wrong while an operator replays, and row `c` is there. */
const run: Run = async ({ schedule: { operator, uploads }, planned = deviations }) => {
  const keys = planned.map(({ key }) => key);
  const isLost =
    keys.includes("call 3") &&
    keys.includes("call 17") &&
    operator.some(({ atMs }) => atMs === 2) &&
    uploads.some(({ csv }) => csv.split("\n").includes("c"));
  return { wrong: isLost ? ["2026/11/23: lote_3.json is lost"] : [], deviations: planned };
};

test("of a schedule that breaks a promise nothing is left that is not needed for it", async () => {
  const shrunk = await Shrinker.shrink(schedule, undefined, run);
  expect(shrunk?.planned.map(({ key }) => key)).toEqual(["call 3", "call 17"]);
  expect(shrunk?.schedule.operator.map(({ atMs }) => atMs)).toEqual([2]);
  expect(shrunk?.schedule.uploads.map(({ csv, events }) => [csv, events])).toEqual([[`${HEADER}\nc`, 1]]);
  expect(shrunk?.schedule).toMatchObject({
    strangers: [],
    tmdb: [],
    disturbances: [],
    clockSteps: [],
    warmConsumers: 0,
  });
});

test("a schedule that breaks none has no shorter one", async () => {
  expect(await Shrinker.shrink({ ...schedule, operator: [] }, undefined, run)).toBeUndefined();
});

test("a broken promise is the same whichever date, lote and ids it was broken for", () => {
  const [one, other] = [
    "2026/11/23: lote_1.json is not its ids less the failed ones: it has [] instead of [tt1000000 tt1000001]",
    "2026/11/24: lote_12.json is not its ids less the failed ones: it has [tt1000007] instead of []",
  ].map(promiseOf);
  expect(one).toBe(other);
  expect(promiseOf("2026/11/24: lote_12.json is empty")).not.toBe(one);
});
