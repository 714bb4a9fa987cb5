import { createServer, type IncomingHttpHeaders, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call to S3 or SQS as it went over the wire. */
export interface RecordedCall {
  /** What its client's `AWS_SDK_UA_APP_ID` says: the function. */
  readonly by: string;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Passes each call on to a server, and keeps it. */
export class RecordingProxy implements AsyncDisposable {
  readonly calls: RecordedCall[] = [];
  readonly url: string;
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  /** @param target URL of the server */
  static async start(target: string): Promise<RecordingProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer(async (request, response) => {
      const { method = "", url = "", headers } = request;
      const body = await buffer(request);
      proxy.calls.push({ by: callerIn(headers), method, url, headers, body });
      const onward = send({ hostname, port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      // A long poll that its client has given up is to end at the server too.
      response.on("close", () => onward.destroy());
      onward.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new RecordingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }
}

function callerIn({ "user-agent": agent = "" }: IncomingHttpHeaders): string {
  return /\bapp\/(\w+)/.exec(agent)?.[1] ?? "";
}
