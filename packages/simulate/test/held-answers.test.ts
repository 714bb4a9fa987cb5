import { beforeEach, expect, test } from "vitest";
import { HeldAnswers } from "../src/held-answers.ts";
import { Process } from "../src/process.ts";
import { VirtualTime } from "../src/virtual-time.ts";

let time: VirtualTime;
let answers: HeldAnswers;
let came: number[];
const come = () => void came.push(time.now);

beforeEach(() => {
  time = new VirtualTime();
  answers = new HeldAnswers(time);
  came = [];
});

const call = (who: Process, isWrite = false, key?: string) => ({ process: who, isWrite, key });

function process(name: string): Process {
  return new Process({ name, time, clockAheadMs: () => 0, random: () => 0.5 });
}

test("a held answer comes with the last of the calls of others that it waits for", async () => {
  const [mine, other] = [process("mine"), process("other")];
  answers.hold(call(mine), { calls: 2, which: "calls" }, come);
  for (const [at, who] of [[1, other] as const, [2, mine] as const, [3, other] as const, [4, other] as const])
    time.at(at, () => answers.passed(call(who)));
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([3]);
});

test("a held answer comes after two seconds where nobody else calls", async () => {
  answers.hold(call(process("mine")), { calls: 1, which: "calls" }, come);
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([2_000]);
});

test.each([
  { which: "writes", at: 2 },
  { which: "changes", at: 3 },
] as const)("a held answer may wait for the $which of others", async ({ which, at }) => {
  const other = process("other");
  answers.hold(call(process("mine"), false, "a/"), { calls: 1, which }, come);
  time.at(1, () => answers.passed(call(other, false, "a/1")));
  time.at(2, () => answers.passed(call(other, true, "b/1")));
  time.at(3, () => answers.passed(call(other, true, "a/1")));
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([at]);
});

test.each([
  ["reads what it is about to change", "ledger"],
  ["lists where that would be", "led"],
])("a held write may wait for one that misses it: that changes what its process has read, and %s", async (_, look) => {
  const [mine, other, third] = [process("mine"), process("other"), process("third")];
  const write = { ...call(mine, true, "ledger"), read: new Set(["lote", "ledger"]) };
  answers.hold(write, { calls: 1, which: "misses" }, come);
  const calls = [call(other, false, look), call(other, true, "lote"), call(third, false, look)];
  for (const [nth, each] of [...calls, call(other, false, look)].entries()) time.at(nth, () => answers.passed(each));
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([3]);
});

test("a held write may wait until another process is about to write the same object", async () => {
  const [mine, other] = [process("mine"), process("other")];
  answers.hold(call(mine, true, "lote"), { calls: 1, which: "rivals" }, come);
  time.at(1, () => answers.passed(call(other, true, "lote")));
  const begun = [call(other, true, "another lote"), call(mine, true, "lote"), call(other, true, "lote")];
  for (const [nth, each] of begun.entries()) time.at(2 + nth, () => answers.begun(each));
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([4]);
});

test("who acts from the outside may wait until somebody is about to write an object whose key begins so", async () => {
  void answers.beginning("lote_").then(come);
  time.at(1, () => answers.begun(call(process("one"), true, "ledger")));
  time.at(2, () => answers.begun(call(process("one"), false, "lote_1")));
  time.at(3, () => answers.begun(call(process("one"), true, "lote_1")));
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([3]);
});

test("who holds an answer learns whether what it has waited for has come", async () => {
  const came: boolean[] = [];
  for (const key of ["lote", "another lote"])
    answers.hold({ key }, { calls: 1, which: "changes" }, (areDone) => came.push(areDone));
  time.at(1, () => answers.passed(call(process("other"), true, "lote")));
  await time.run(time.sleep(5_000), 100);
  expect(came).toEqual([true, false]);
});

test("whose look was waited for is told so", async () => {
  answers.hold({ key: "lote" }, { calls: 1, which: "looks" }, come);
  expect(answers.passed(call(process("other"), false, "another lote"))).toBe(false);
  expect(answers.passed(call(process("other"), false, "lote"))).toBe(true);
});
