import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WaitMeter } from "../src/wait-meter.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTime(ms);
/** Lets the meter see what has happened. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An attempt that leaves, and ends, when it is told to. */
function attempt(meter: WaitMeter) {
  const end = Promise.withResolvers<void>();
  let leave = () => {};
  const ended = meter.attempt((tell) => {
    leave = tell;
    return end.promise;
  });
  return {
    leave: () => leave(),
    end: async () => {
      end.resolve();
      await ended;
    },
  };
}

test("each instant at which movies are asked for counts once, as what keeps from asking more", async () => {
  const meter = new WaitMeter(1);
  const done = Promise.withResolvers<void>();
  pass(1_000);
  const movie = meter.movie(() => done.promise);
  const [first, second] = [attempt(meter), attempt(meter)];
  pass(10);
  expect(meter.waits).toEqual({ limiter: 10, pause: 0, answer: 0 });
  first.leave();
  // The second has to wait for the one connection, and that waits for an answer.
  pass(200);
  expect(meter.waits).toEqual({ limiter: 10, pause: 0, answer: 200 });
  meter.pause(3_000);
  pass(1_000);
  await first.end();
  pass(2_500);
  expect(meter.waits).toEqual({ limiter: 510, pause: 3_000, answer: 200 });
  // Nobody waits for a turn that was given up.
  await second.end();
  pass(40);
  expect(meter.waits).toEqual({ limiter: 510, pause: 3_040, answer: 200 });
  done.resolve();
  await movie;
  await turn();
  pass(60_000);
  expect(meter.waits).toEqual({ limiter: 510, pause: 3_040, answer: 200 });
});
