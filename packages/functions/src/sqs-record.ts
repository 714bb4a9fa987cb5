import { VERSION_1_ATTEMPTS } from "@lotes/core";
import type { SQSRecord } from "aws-lambda";

export function sentAt({ attributes }: SQSRecord): Date {
  return new Date(Number(attributes.SentTimestamp));
}

/** What a message of version 1 tells beside its body. */
export function version1Attempts({ messageAttributes }: SQSRecord): string | undefined {
  return messageAttributes[VERSION_1_ATTEMPTS]?.stringValue;
}
