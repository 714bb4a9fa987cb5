import { EventEmitter } from "node:events";
import { buildApp } from "fauxqs";
import { PortInUseError } from "../port-in-use-error.ts";
import { conditionRefusal } from "./conditional-writes.ts";
import { fauxqsStores } from "./fauxqs.ts";
import { type AwsRequest, type Refusal, readRequest, refusalBody } from "./request.ts";

/** A fault to inject: S3 or SQS answers with an error, or never. */
export type Fault = Refusal | "hang";

export interface EmulatorOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Asked about each request before it is served; for tests. */
  readonly fault?: ((request: AwsRequest) => Fault | undefined) | undefined;
}

/** An object that was written to the bucket, as S3's notifications tell of it. */
export interface ObjectCreated {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
}

/** Any key does: the emulator checks none. The SDK only insists that there is one. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;
export const LOCAL_REGION = "us-east-1";

/** S3 and SQS over HTTP on 127.0.0.1, in this process; tells of what is created in the data lake's bucket. */
export class Emulator extends EventEmitter<{ created: [ObjectCreated] }> {
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    super();
    this.url = url;
    this.#close = close;
  }

  /**
   * @param dataLake the name of the bucket, which is made
   * @throws {PortInUseError}
   */
  static async start(dataLake: string, { port, fault }: EmulatorOptions): Promise<Emulator> {
    const { s3Store, stores } = await fauxqsStores();
    s3Store.createBucket(dataLake);
    const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION, stores });

    // Synchronous up to the emulator's own handler, so nothing can change between the condition and the write.
    app.addHook("preHandler", (request, reply, done) => {
      const call = readRequest(request.method, request.url, request.headers, request.body);
      const refusal = fault?.(call) ?? conditionRefusal(call, s3Store);
      if (refusal === undefined) done();
      else if (refusal !== "hang") {
        const type = call.service === "s3" ? "application/xml" : "application/x-amz-json-1.0";
        void reply.code(refusal.status).header("content-type", type).send(refusalBody(call.service, refusal));
      }
    });

    const url = await app.listen({ host: "127.0.0.1", port }).catch((cause) => {
      throw PortInUseError.from(cause, port);
    });
    const emulator = new Emulator(url, () => app.close());
    s3Store.spy = {
      addMessage({ service, status, bucket, key }) {
        if (service !== "s3" || status !== "uploaded" || bucket !== dataLake) return;
        const { etag, contentLength } = s3Store.headObject(bucket, key);
        emulator.emit("created", { bucket, key, etag: etag.replaceAll('"', ""), size: contentLength });
      },
    };
    return emulator;
  }

  stop(): Promise<void> {
    return this.#close();
  }
}
