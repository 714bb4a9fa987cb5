/** A function under test: each message's body says what becomes of it. */
import { setTimeout as delay } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  process.stdout.write(`${JSON.stringify(event.Records)}\n`);
  return answer(event);
}

export async function answer({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const bodies = Records.map(({ body }) => body);
  if (bodies.includes("throw")) throw new Error("told to");
  if (bodies.includes("hang")) await delay(60_000);
  if (bodies.includes("slow")) await delay(300);
  const failed = Records.filter(({ body }) => body === "fail").map(({ messageId }) => messageId);
  if (bodies.includes("blame another")) failed.push("no-such-message");
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
