import { EventEmitter } from "node:events";
import { buildApp } from "fauxqs";
import { LOCAL_REGION } from "../client-config.ts";
import { PortInUseError } from "../port-in-use-error.ts";
import { conditionRefusal } from "./conditional-writes.ts";
import { fauxqsStores, type StoredObjectFacts } from "./fauxqs.ts";
import { type AwsRequest, type Refusal, readRequest, refused } from "./request.ts";
import { limitRefusal } from "./s3-limits.ts";
import { sent } from "./sqs-sending.ts";
import { addHabitualHeaders, type HabitsOf, makeEtagsOpaque } from "./store-habits.ts";

/** A fault to inject: S3 or SQS answers with an error, or never. */
export type Fault = Refusal | "hang";

export interface EmulatorOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Where everything is kept beyond the end of the process; by default it is gone with it. */
  readonly dataDir?: string | undefined;
  /** Asked about each request before it is served; for tests. */
  readonly fault?: ((request: AwsRequest) => Fault | undefined) | undefined;
  /** The habits of the store that a bucket lies in, where they are not those of S3's default settings; without `dataDir` only. */
  readonly habitsOf?: HabitsOf | undefined;
}

/** An object that was written to the bucket, as S3's notifications tell of it. */
export interface ObjectCreated {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
  readonly createdAt: Date;
}

/** S3 and SQS over HTTP on 127.0.0.1, in this process; tells of what is created in the data lake's bucket. */
export class Emulator extends EventEmitter<{ created: [ObjectCreated] }> {
  readonly url: string;
  readonly #objects: (prefix: string) => ObjectCreated[];
  readonly #close: () => Promise<void>;

  private constructor(url: string, objects: (prefix: string) => ObjectCreated[], close: () => Promise<void>) {
    super();
    this.url = url;
    this.#objects = objects;
    this.#close = close;
  }

  /**
   * @param dataLake the name of the bucket, which is made
   * @throws {PortInUseError}
   */
  static async start(dataLake: string, { port, dataDir, fault, habitsOf }: EmulatorOptions): Promise<Emulator> {
    const { s3Store, sqsStore, stores, close } = await fauxqsStores(dataDir);
    if (!s3Store.hasBucket(dataLake)) s3Store.createBucket(dataLake);
    const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION, stores });

    // This is synchronous up to the emulator's own handler. So nothing can change between the condition and the write.
    app.addHook("preHandler", (request, reply, done) => {
      const call = readRequest(request.method, request.url, request.headers, request.body);
      const refusal = fault?.(call) ?? limitRefusal(call, request.headers) ?? conditionRefusal(call, s3Store);
      if (refusal === "hang") return;
      const answer = refusal ? refused(call.service, refusal) : sent(call, request.body, sqsStore);
      if (answer === undefined) done();
      else void reply.code(answer.status).header("content-type", answer.type).send(answer.body);
    });

    if (habitsOf) {
      makeEtagsOpaque(s3Store, habitsOf);
      addHabitualHeaders(app, s3Store, habitsOf);
    }

    app.addHook("onClose", async () => close());

    const url = await app.listen({ host: "127.0.0.1", port }).catch(async (cause) => {
      await app.close();
      throw PortInUseError.from(cause, port);
    });
    const created = ({ key, etag, contentLength, lastModified }: StoredObjectFacts): ObjectCreated => ({
      bucket: dataLake,
      key,
      etag: etag.replaceAll('"', ""),
      size: contentLength,
      createdAt: lastModified,
    });
    const objects = (prefix: string) =>
      s3Store.listObjects(dataLake, { prefix, maxKeys: Number.MAX_SAFE_INTEGER }).objects.map(created);
    const emulator = new Emulator(url, objects, () => app.close());
    s3Store.spy = {
      addMessage({ service, status, bucket, key }) {
        if (service !== "s3" || status !== "uploaded" || bucket !== dataLake) return;
        emulator.emit("created", created(s3Store.headObject(bucket, key)));
      },
    };
    return emulator;
  }

  /** What lies in the data lake under the prefix. */
  objects(prefix: string): ObjectCreated[] {
    return this.#objects(prefix);
  }

  stop(): Promise<void> {
    return this.#close();
  }
}
