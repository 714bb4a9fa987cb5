/** Where things are on this machine. It loads nothing, so that a command that only talks to a local stack begins at once. */

export const LOCAL_BUCKET = "data-lake";
const ACCOUNT = "000000000000";

/** Any key does: the emulator checks none. The SDK only insists that there is one. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;
export const LOCAL_REGION = "us-east-1";

export type QueueName = "LoteQueue" | "DeadLetterQueue";

/** Where the SDK's clients find S3 and SQS. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof LOCAL_CREDENTIALS;
}

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
    clientConfig: { endpoint: url, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS },
  };
}
