import { ATTEMPTS_ATTRIBUTE, attemptsIn } from "@lotes/core";
import type { SQSRecord } from "aws-lambda";

export function sentAt({ attributes }: SQSRecord): Date {
  return new Date(Number(attributes.SentTimestamp));
}

/** How often the message's ids had been tried on purpose when it was sent. */
export function attemptsOf({ messageAttributes }: SQSRecord): number {
  return attemptsIn(messageAttributes[ATTEMPTS_ATTRIBUTE]?.stringValue);
}
