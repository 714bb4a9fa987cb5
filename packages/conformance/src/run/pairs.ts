import type { RunningServer, Server } from "../servers/server.ts";
import { Place } from "./place.ts";

/** A server for the bucket, and one for the queues: the same where it has both. */
export interface Pair {
  readonly s3: Server;
  readonly sqs: Server;
}

export function pairName({ s3, sqs }: Pair): string {
  return s3 === sqs ? s3.name : `${s3.name} + ${sqs.name}`;
}

/** Servers that have both services alone, and each that has only S3 with the first that has only SQS. */
export function pairsOf(servers: readonly Server[]): Pair[] {
  const has = (service: "s3" | "sqs") => (server: Server) => server.services.includes(service);
  const both = servers.filter((server) => has("s3")(server) && has("sqs")(server));
  const onlyQueues = servers.find((server) => has("sqs")(server) && !has("s3")(server));
  const onlyBuckets = servers.filter((server) => has("s3")(server) && !has("sqs")(server));
  return [
    ...both.map((server) => ({ s3: server, sqs: server })),
    ...(onlyQueues ? onlyBuckets.map((server) => ({ s3: server, sqs: onlyQueues })) : []),
  ];
}

/** Starts the servers of a pair anew, and does something with a place of theirs. */
export async function atPair<T>({ s3, sqs }: Pair, work: (place: Place) => Promise<T>): Promise<T> {
  await using buckets: RunningServer = await s3.start();
  await using queues = s3 === sqs ? undefined : await sqs.start();
  await using place = await Place.create(buckets, queues ?? buckets);
  return await work(place);
}
