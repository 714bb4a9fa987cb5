/** A function under test: fails for an upload whose key says so. */
import type { S3Event } from "aws-lambda";

export async function handler({ Records }: S3Event): Promise<void> {
  process.stdout.write(`${JSON.stringify(Records)}\n`);
  if (Records.some(({ s3 }) => s3.object.key.includes("/fail/"))) throw new Error("told to");
}
