import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** The header by which the faulty AWS knows what to answer. */
export const FAULT_HEADER = "x-chaos-fault";

const JSON_TYPE = { "content-type": "application/x-amz-json-1.0" };

/** Answers in the place of S3 and SQS with their errors, or passes a part of a batch on to SQS and refuses the rest. */
export async function startFaultyAws(awsUrl: string): Promise<{ port: number; stop(): void }> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.headers[FAULT_HEADER] === "in part") await answerInPart(request, body, response, awsUrl);
    else refuse(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const S3_ERRORS: Readonly<Record<string, readonly [status: number, code: string]>> = {
  throttled: [503, "SlowDown"],
  broken: [500, "InternalError"],
  conflict: [409, "ConditionalRequestConflict"],
};

const SQS_ERRORS: Readonly<Record<string, readonly [status: number, code: string]>> = {
  throttled: [403, "RequestThrottled"],
  broken: [500, "InternalFailure"],
};

function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
  const fault = String(headers[FAULT_HEADER]);
  if (headers["x-amz-target"] === undefined) {
    const [status, code] = S3_ERRORS[fault] ?? [500, "InternalError"];
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    );
  } else {
    const [status, code] = SQS_ERRORS[fault] ?? [500, "InternalFailure"];
    response.writeHead(status, JSON_TYPE);
    response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: code }));
  }
}

interface Batch {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string }[];
}

async function answerInPart(request: IncomingMessage, body: Buffer, response: ServerResponse, awsUrl: string) {
  const batch: Batch = JSON.parse(body.toString());
  // Every other entry, the first one among the refused: a batch of one is refused whole.
  const accepted = batch.Entries.filter((_, index) => index % 2 === 1);
  const Failed = batch.Entries.filter((_, index) => index % 2 === 0).map(({ Id }) => ({
    Id,
    Code: "InternalError",
    SenderFault: false,
  }));
  let Successful: unknown = [];
  if (accepted.length > 0) {
    const { "content-length": _, host: __, connection: ___, ...headers } = request.headers;
    const answer = await fetch(awsUrl + request.url, {
      method: "POST",
      headers: headers as Record<string, string>,
      body: JSON.stringify({ ...batch, Entries: accepted }),
    });
    ({ Successful } = (await answer.json()) as { Successful: unknown });
  }
  response.writeHead(200, JSON_TYPE);
  response.end(JSON.stringify({ Successful, Failed }));
}
