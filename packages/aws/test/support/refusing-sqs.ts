import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface SentEntry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, unknown>>;
}

export interface EntryRefusal {
  readonly Code: string;
  readonly SenderFault: boolean;
  readonly Message?: string;
}

/** An SQS, as far as SendMessageBatch goes, that refuses the entries it is told to. */
export async function startRefusingSqs(refusal: (entry: SentEntry, call: number) => EntryRefusal | undefined) {
  const calls: SentEntry[][] = [];
  const server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as { Entries: SentEntry[] };
    const call = calls.push(Entries);
    const Failed = Entries.flatMap((entry) => {
      const refused = refusal(entry, call);
      return refused === undefined ? [] : [{ Id: entry.Id, ...refused }];
    });
    const refused = new Set(Failed.map(({ Id }) => Id));
    const Successful = Entries.filter(({ Id }) => !refused.has(Id)).map(({ Id }) => ({ Id, MessageId: Id }));
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ Successful, ...(Failed.length > 0 && { Failed }) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
