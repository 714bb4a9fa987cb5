import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { S3ObjectStore, SqsBacklog } from "@lotes/aws";
import type { Operations } from "@lotes/console/operations";
import { ConsoleServer } from "@lotes/console/server";
import { browserOnPath } from "@lotes/console/testing/browser";
import type { LocalStack } from "@lotes/local";

/** Nobody does anything from this page. */
const NOTHING = async () => ({ lines: [], possible: false });
const OPERATIONS: Operations = {
  plan: NOTHING,
  ingest: NOTHING,
  planReplay: NOTHING,
  replay: NOTHING,
  cancel: NOTHING,
};

/** What looks at the page. */
export const READER = browserOnPath() === undefined ? "an HTTP reader" : "Chromium";

/** A page that follows a run. */
export interface OpenPage extends AsyncDisposable {
  /** How often its server has looked at the run. */
  readonly looks: number;
}

/**
 * Serves the page as `lotes local` does, in the process of the stack, and opens it: in Chromium if there is one on PATH, else as an HTTP client that
 * reads what a page is sent.
 */
export async function openPage({ services }: LocalStack, date: string, budget: number): Promise<OpenPage> {
  const { bucket, clientConfig } = services;
  const store = new S3ObjectStore(bucket, clientConfig);
  const lotes = new SqsBacklog(services.queueUrl("LoteQueue"), clientConfig);
  const deadLetters = new SqsBacklog(services.queueUrl("DeadLetterQueue"), clientConfig);
  let looks = 0;
  const isSeen = Promise.withResolvers<void>();
  const queues = async () => {
    looks++;
    isSeen.resolve();
    const [ofLotes, ofDeadLetters] = await Promise.all([lotes.depth(), deadLetters.depth()]);
    return { lotes: ofLotes, deadLetters: ofDeadLetters };
  };
  const place = { name: "the bench", bucket, store, queues, command: { name: "lotes", flags: "" }, budget };
  const describe = String;
  const server = await ConsoleServer.start({ place, operations: OPERATIONS, today: () => date, describe, port: 0 });
  const reader = await startReader(server.address, date);
  const { ended } = reader;
  await Promise.race([isSeen.promise, ended.then(() => Promise.reject(new Error(`${READER} ended by itself`)))]);
  return {
    get looks() {
      return looks;
    },
    [Symbol.asyncDispose]: async () => {
      await reader[Symbol.asyncDispose]();
      await server.stop();
      for (const each of [store, lotes, deadLetters]) each.close();
    },
  };
}

/** Who looks at a page, until it is disposed of. */
interface Reader extends AsyncDisposable {
  readonly ended: Promise<unknown>;
}

async function startReader(address: string, date: string): Promise<Reader> {
  const browser = browserOnPath();
  if (browser === undefined) return readEvents(new URL(`/events?date=${date}`, address));
  const profile = await mkdtemp(path.join(tmpdir(), "lotes-browser-"));
  // With a port for its debugger it stays until it is told to end.
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"];
  const child = spawn(browser, [...args, `--user-data-dir=${profile}`, address], { stdio: "ignore" });
  const ended = once(child, "exit");
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      await rm(profile, { recursive: true, maxRetries: 5 });
    },
  };
}

/** Reads and parses what a page is sent. */
function readEvents(url: URL): Reader {
  const gone = new AbortController();
  const read = async () => {
    const { body } = await fetch(url, { signal: gone.signal });
    let text = "";
    for await (const chunk of body ?? []) {
      const events = (text + Buffer.from(chunk).toString()).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) JSON.parse(event.replace(/^data: /, ""));
    }
  };
  const ended = read().catch((error) => {
    if (!gone.signal.aborted) throw error;
  });
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      gone.abort();
      await ended;
    },
  };
}
