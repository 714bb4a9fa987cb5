import type { QueueName } from "@lotes/core/topology";
import { type ClientConfig, clientConfigFor, LOCAL_REGION } from "./client-config.ts";

/** Where things are on this machine. It loads nothing, so that a command that only talks to a local stack begins at once. */

export const LOCAL_BUCKET = "data-lake";
const ACCOUNT = "000000000000";

export type { ClientConfig, QueueName };

/** Where a local stack's bucket and queues are. */
export interface Whereabouts {
  readonly bucket: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  readonly queueArns: Readonly<Record<QueueName, string>>;
  readonly clientConfig: ClientConfig;
}

/** @param url of an emulator, in this process or another */
export function whereaboutsAt(url: string): Whereabouts {
  const named = (prefix: string) => ({
    LoteQueue: `${prefix}LoteQueue`,
    DeadLetterQueue: `${prefix}DeadLetterQueue`,
  });
  return {
    bucket: LOCAL_BUCKET,
    queueUrls: named(`${url}/${ACCOUNT}/`),
    queueArns: named(`arn:aws:sqs:${LOCAL_REGION}:${ACCOUNT}:`),
    clientConfig: clientConfigFor(url),
  };
}
