import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whenNpxEnds } from "../src/npx-watch.ts";

const BY_NPX = { npm_execpath: "/home/me/.npm/_npx/c80dab/node_modules/pnpm/bin/pnpm.cjs" };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("that npx has ended shows in an ancestor that is another one, and is told once", () => {
  const then = vi.fn();
  let ancestors = "20 10";
  whenNpxEnds(then, BY_NPX, () => ancestors);
  vi.advanceTimersByTime(10_000);
  expect(then).not.toHaveBeenCalled();
  ancestors = "20 1";
  vi.advanceTimersByTime(1_000);
  expect(then).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000);
  expect(then).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test("a command that a shell has started outlives that shell, as nohup wants it", () => {
  const then = vi.fn();
  let ancestors = "20 10";
  for (const npm_execpath of [undefined, "/usr/lib/node_modules/pnpm/bin/pnpm.cjs"]) {
    whenNpxEnds(then, { npm_execpath }, () => ancestors);
  }
  ancestors = "1 0";
  vi.advanceTimersByTime(10_000);
  expect(then).not.toHaveBeenCalled();
});

test("a watch that is ended looks no more", () => {
  const ancestors = vi.fn(() => "20 10");
  const end = whenNpxEnds(() => {}, BY_NPX, ancestors);
  end();
  vi.advanceTimersByTime(10_000);
  expect(ancestors).toHaveBeenCalledOnce();
});

test("the ancestors of this process are told as they are", () => {
  const then = vi.fn();
  whenNpxEnds(then, BY_NPX);
  vi.advanceTimersByTime(3_000);
  expect(then).not.toHaveBeenCalled();
});
