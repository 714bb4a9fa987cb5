import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const VERSION = "/2018-06-01/runtime";

/** An event that waits for the runtime, and what becomes of it. */
interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
  readonly arn: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The function answered with an error, or its code could not be loaded. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
}

/** Lambda's Runtime API for one execution environment: hands out one event at a time, and takes the answer (Lambda Developer Guide, "Runtime API"). */
export class RuntimeApi implements Disposable {
  readonly #server: Server;
  readonly #arn: string;
  /** The runtime that asks for its next event, while there is none. */
  #waiting: ServerResponse | undefined;
  #queued: Invocation | undefined;
  #current: Invocation | undefined;
  #invocations = 0;

  private constructor(server: Server, arn: string) {
    this.#server = server;
    this.#arn = arn;
  }

  static async start(arn: string): Promise<RuntimeApi> {
    const server = createServer((request, response) => void api.#answer(request, response));
    const api = new RuntimeApi(server, arn);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  /** As `AWS_LAMBDA_RUNTIME_API` has it. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * @param timeoutMs what the function may take
   * @throws {RuntimeError} when the function fails
   */
  invoke(event: unknown, timeoutMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = `00000000-0000-4000-8000-${String(++this.#invocations).padStart(12, "0")}`;
    this.#queued = { id, event, deadline: Date.now() + timeoutMs, arn: this.#arn, resolve, reject };
    if (this.#waiting) this.#hand(this.#waiting);
    return promise;
  }

  /** Ends what waits: the runtime is gone. */
  fail(error: Error): void {
    (this.#current ?? this.#queued)?.reject(error);
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.slice(VERSION.length) ?? "";
    if (path === "/invocation/next") {
      if (this.#queued) this.#hand(response);
      else this.#waiting = response;
      return;
    }
    const body = await text(request);
    response.writeHead(202).end();
    const current = this.#current;
    if (path === "/init/error") this.fail(new RuntimeError(`it can't be loaded: ${messageIn(body)}`));
    else if (path === `/invocation/${current?.id}/response`) current?.resolve(JSON.parse(body || "null"));
    else if (path === `/invocation/${current?.id}/error`) current?.reject(new RuntimeError(messageIn(body)));
  }

  #hand(response: ServerResponse): void {
    const next = this.#queued;
    if (next === undefined) return;
    this.#waiting = undefined;
    this.#queued = undefined;
    this.#current = next;
    response
      .writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": next.id,
        "lambda-runtime-deadline-ms": String(next.deadline),
        "lambda-runtime-invoked-function-arn": next.arn,
        "lambda-runtime-trace-id": "Root=1-00000000-000000000000000000000000;Sampled=0",
      })
      .end(JSON.stringify(next.event));
  }
}

function messageIn(body: string): string {
  const { errorType = "", errorMessage = body } = JSON.parse(body) as { errorType?: string; errorMessage?: string };
  return `${errorType}: ${errorMessage}`;
}
