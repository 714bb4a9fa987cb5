import { expect, test } from "vitest";
import { Choices } from "../src/choices.ts";
import { Queue } from "../src/queue.ts";
import { VirtualTime } from "../src/virtual-time.ts";

const VISIBILITY_MS = 30_000;
// Whatever was sent is there.
const SOON_MS = 10_000;

function setUp() {
  const time = new VirtualTime();
  const options = { time, choices: new Choices(1), epochMs: 0, visibilityMs: VISIBILITY_MS, onVisible: () => {} };
  const dead = new Queue({ ...options, name: "DeadLetterQueue" });
  const queue = new Queue({ ...options, name: "LoteQueue", redrive: { to: dead, maxReceives: 2 } });
  const pass = async (ms: number) => {
    await time.run(time.sleep(ms), 1_000);
  };
  return { queue, dead, pass };
}

test("a message that was received is hidden for as long as its visibility timeout, and then comes back", async () => {
  const { queue, pass } = setUp();
  queue.send("hello");
  await pass(SOON_MS);
  expect(queue.receive(10).map(({ body }) => body)).toEqual(["hello"]);
  expect(queue.receive(10)).toEqual([]);
  await pass(VISIBILITY_MS);
  const [again] = queue.receive(10);
  expect(again?.attributes.ApproximateReceiveCount).toBe("2");
});

test("one that was received as often as it may be goes to the other queue as it was sent", async () => {
  const { queue, dead, pass } = setUp();
  queue.send("hello");
  await pass(SOON_MS);
  const [first] = queue.receive(1);
  for (const record of [first, ...queue.receive(1)]) if (record) queue.hide(record, 0);
  const [second] = queue.receive(1);
  if (second) queue.hide(second, 0);
  expect(queue.receive(1)).toEqual([]);
  const [letter] = dead.receive(1);
  expect(letter?.body).toBe("hello");
  expect(letter?.attributes.SentTimestamp).toBe(first?.attributes.SentTimestamp);
});

test("messages come in another order than they were sent, and go when they are deleted", async () => {
  const { queue, pass } = setUp();
  const sent = Array.from({ length: 10 }, (_, nth) => String(nth));
  for (const body of sent) queue.send(body);
  await pass(SOON_MS);
  const records = queue.receive(10);
  expect(records.map(({ body }) => body)).not.toEqual(sent);
  expect(records.map(({ body }) => body).sort()).toEqual(sent);
  for (const record of records) queue.delete(record);
  expect(queue.size).toBe(0);
});

test("what SQS refuses is refused", () => {
  const { queue } = setUp();
  expect(queue.send("\uFFFE")?.code).toBe("InvalidMessageContents");
  expect(queue.size).toBe(0);
});
