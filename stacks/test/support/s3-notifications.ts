import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** S3 as far as a deployment asks it, which is for a bucket's notifications. */
export class S3Notifications implements AsyncDisposable {
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
  }

  /** @param body of each answer */
  static async answering(status: number, body: string): Promise<S3Notifications> {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new S3Notifications(server);
  }

  /** The environment that leads there. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** S3's answer for a bucket that notifies these functions. */
export function notifying(...functions: string[]): string {
  return configuration(
    functions.map((name) => target("CloudFunction", `lambda:us-east-1:123456789012:function:${name}`)),
  );
}

/** S3's answer for a bucket that notifies three others, and these functions, and sends its events to EventBridge. */
export function sharedLake(...functions: string[]): string {
  return configuration([
    target("CloudFunction", "lambda:us-east-1:123456789012:function:thumbnails"),
    target("Queue", "sqs:us-east-1:123456789012:audit"),
    target("Topic", "sns:us-east-1:123456789012:uploads"),
    ...functions.map((name) => target("CloudFunction", `lambda:us-east-1:123456789012:function:${name}`)),
    "<EventBridgeConfiguration/>",
  ]);
}

function configuration(targets: readonly string[]): string {
  return `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${targets.join("")}</NotificationConfiguration>`;
}

function target(kind: "CloudFunction" | "Queue" | "Topic", arn: string): string {
  return `<${kind}Configuration><Id>${arn}</Id><${kind}>arn:aws:${arn}</${kind}><Event>s3:ObjectCreated:*</Event></${kind}Configuration>`;
}
