import { hash } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Queue } from "./queue.ts";
import { Counts, type Traffic } from "./traffic.ts";

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In whole seconds, as S3 tells it. */
  readonly modifiedAt: Date;
}

interface AwsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const PAGE_KEYS = 1_000;
const METADATA = "x-amz-meta-";

/**
 * S3 and SQS in memory, with all that the functions ask of them and nothing else, so that the measured time is the functions'. It has an address for each
 * function, by which their requests are told apart.
 */
export class Aws {
  readonly #objects = new Map<string, StoredObject>();
  readonly #queues: Readonly<Record<string, Queue>>;
  readonly #servers: Server[] = [];
  readonly #latencyMs: number;

  /**
   * @param queues by the last part of their URL
   * @param latencyMs how long it takes until there is an answer
   */
  constructor(queues: Readonly<Record<string, Queue>>, latencyMs: number) {
    this.#queues = queues;
    this.#latencyMs = latencyMs;
  }

  /** @returns the address, and the account of what is asked there, which goes on */
  async listen(): Promise<{ readonly url: string; readonly traffic: () => Traffic }> {
    const counts = new Counts();
    const sockets: Socket[] = [];
    const server = createServer(async (request, response) => {
      const body = await buffer(request);
      if (this.#latencyMs > 0) await delay(this.#latencyMs);
      const answer = this.#answer(request, body, counts);
      write(answer, request, response);
    });
    server.on("connection", (socket) => sockets.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#servers.push(server);
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      traffic: () => ({ ...counts, bytes: sockets.reduce((sum, each) => sum + each.bytesRead + each.bytesWritten, 0) }),
    };
  }

  put(key: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): StoredObject {
    const modifiedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const object = { body, etag: `"${hash("md5", body)}"`, headers, modifiedAt };
    this.#objects.set(key, object);
    return object;
  }

  /** What stands below a folder, by the name there. */
  files(folder: string): Map<string, Buffer> {
    const inFolder = [...this.#objects].filter(([key]) => key.startsWith(folder));
    return new Map(inFolder.map(([key, { body }]) => [key.slice(folder.length), body]));
  }

  /** Ends what listens. The objects stay. */
  stop(): void {
    for (const server of this.#servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  }

  #answer({ method, url = "", headers }: IncomingMessage, body: Buffer, counts: Counts): AwsAnswer {
    if (typeof headers["x-amz-target"] === "string") {
      counts.sqs++;
      return this.#send(headers["x-amz-target"], JSON.parse(body.toString()));
    }
    const { pathname, searchParams } = new URL(url, "http://s3");
    const [, , ...names] = pathname.split("/").map(decodeURIComponent);
    const key = names.join("/");
    counts.addS3(method, key);
    if (key === "") return this.#list(searchParams);
    const isRead = method === "GET" || method === "HEAD";
    return isRead ? this.#read(key, headers) : this.#change(key, method, headers, body);
  }

  #read(key: string, headers: IncomingHttpHeaders): AwsAnswer {
    const object = this.#objects.get(key);
    if (object === undefined) return refusal(404, "NoSuchKey");
    if ((headers["if-match"] ?? object.etag) !== object.etag) return refusal(412, "PreconditionFailed");
    const told = { ...object.headers, etag: object.etag, "last-modified": object.modifiedAt.toUTCString() };
    const { length } = object.body;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (first === undefined) return { status: 200, headers: told, body: object.body };
    const body = object.body.subarray(Number(first), Number(last) + 1);
    const range = { "content-range": `bytes ${first}-${Number(first) + body.length - 1}/${length}` };
    return { status: 206, headers: { ...told, ...range }, body };
  }

  #change(key: string, method: string | undefined, headers: IncomingHttpHeaders, body: Buffer): AwsAnswer {
    const current = this.#objects.get(key);
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
    if (ifMatch !== undefined && current === undefined) return refusal(404, "NoSuchKey");
    if ((ifMatch ?? current?.etag) !== current?.etag || (ifNoneMatch !== undefined && current !== undefined)) {
      return refusal(412, "PreconditionFailed");
    }
    if (method === "DELETE") {
      this.#objects.delete(key);
      return { status: 204 };
    }
    const kept = Object.entries(headers).filter(([name]) => name.startsWith(METADATA) || name === "content-type");
    const { etag } = this.put(key, body, Object.fromEntries(kept) as Record<string, string>);
    return { status: 200, headers: { etag } };
  }

  #list(query: URLSearchParams): AwsAnswer {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    if (query.get("delimiter") === "/") return listing(`<IsTruncated>false</IsTruncated>${foldersIn(prefix, keys)}`);
    const page = keys.slice(0, PAGE_KEYS);
    const contents = page.map((key) => {
      const { etag, body, modifiedAt } = this.#objects.get(key) as StoredObject;
      const facts = `<ETag>&quot;${etag.slice(1, -1)}&quot;</ETag><Size>${body.length}</Size>`;
      return `<Contents><Key>${key}</Key><LastModified>${modifiedAt.toISOString()}</LastModified>${facts}</Contents>`;
    });
    const more = keys.length > page.length;
    const token = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    return listing(`<IsTruncated>${more}</IsTruncated>${token}${contents.join("")}`);
  }

  #send(target: string, { QueueUrl, Entries }: { QueueUrl: string; Entries: readonly SentMessage[] }): AwsAnswer {
    if (!target.endsWith(".SendMessageBatch")) throw new Error(`nobody expected ${target}`);
    const queue = this.#queues[QueueUrl.split("/").at(-1) ?? ""];
    for (const { MessageBody, DelaySeconds = 0 } of Entries) queue?.send(MessageBody, DelaySeconds);
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: hash("md5", MessageBody),
    }));
    const body = JSON.stringify({ Successful, Failed: [] });
    return { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body };
  }
}

interface SentMessage {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

function listing(content: string): AwsAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${content}</ListBucketResult>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function foldersIn(prefix: string, keys: readonly string[]): string {
  const folders = keys
    .map((key) => /^[^/]*\//.exec(key.slice(prefix.length))?.[0])
    .filter((name) => name !== undefined);
  return [...new Set(folders)]
    .map((name) => `<CommonPrefixes><Prefix>${prefix}${name}</Prefix></CommonPrefixes>`)
    .join("");
}

function refusal(status: number, code: string): AwsAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

function write(
  { status, headers = {}, body = "" }: AwsAnswer,
  { method }: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(method === "HEAD" ? undefined : body);
}
