import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a bucket notifies, as S3 writes it. Its EventBridge is off. */
export const THREE_OTHERS = `<?xml version="1.0" encoding="UTF-8"?>
<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TopicConfiguration><Id>uploads</Id><Topic>arn:aws:sns:us-east-1:123456789012:uploads</Topic><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>Prefix</Name><Value>Raw/a &amp; b+ç/</Value></FilterRule><FilterRule><Name>Suffix</Name><Value>.csv</Value></FilterRule></S3Key></Filter></TopicConfiguration><QueueConfiguration><Id>audit</Id><Queue>arn:aws:sqs:us-east-1:123456789012:audit</Queue><Event>s3:ObjectRemoved:Delete</Event><Event>s3:ObjectCreated:Put</Event></QueueConfiguration><CloudFunctionConfiguration><Id>thumbnails</Id><CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:thumbnails</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>`;

/** The two requests that S3 has for a bucket's notifications. Whatever is written stands, as in S3. */
export class NotifyingS3 implements AsyncDisposable {
  readonly #server: Server;
  readonly #requests: string[];
  /** The bucket's, as it is. */
  configuration: string;
  /** Is called after an answer, when somebody else may act. */
  after: (request: string, nth: number) => void = () => {};

  private constructor(server: Server, requests: string[], configuration: string) {
    this.#server = server;
    this.#requests = requests;
    this.configuration = configuration;
  }

  /**
   * @param configuration what it answers until something is written
   * @param status of each answer
   */
  static async start(configuration = THREE_OTHERS, status = 200): Promise<NotifyingS3> {
    const server = createServer();
    const s3 = new NotifyingS3(server, [], configuration);
    server.on("request", async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
      const name = `${request.method} ${pathname}${searchParams.has("notification") ? "?notification" : ""}`;
      s3.#requests.push(name);
      const body = await text(request);
      if (request.method === "PUT") s3.configuration = body;
      response.writeHead(status).end(request.method === "PUT" ? "" : s3.configuration);
      s3.after(name, s3.#requests.length);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return s3;
  }

  /** What was asked, in order. */
  get requests(): readonly string[] {
    return this.#requests;
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
