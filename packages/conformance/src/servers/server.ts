import type { ClientConfig } from "@lotes/local";
import type { S3Event } from "aws-lambda";

export type Service = "s3" | "sqs";

/** A server that speaks the language of S3, of SQS, or of both. */
export interface Server {
  readonly name: string;
  readonly version: string;
  /** The registry and the package that it is from. */
  readonly from: string;
  readonly services: readonly Service[];
  /** What its users should know of it beyond the tables. */
  readonly note?: string;
  /**
   * Gets what the server needs, if it is not there yet, and starts it on 127.0.0.1.
   * @throws {UnavailableError} when this machine lacks what it runs on
   */
  start(): Promise<RunningServer>;
}

/** How the SDK's clients reach a server. */
export type ServerConfig = Omit<ClientConfig, "credentials"> & {
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly clientConfig: ServerConfig;
  /** The number of the account that its queues are in. */
  readonly account: string;
  /**
   * Lets the server tell of each object that is created in a bucket of its own accord, in the way it has for that.
   * @param onEvent gets S3's event, as the function gets it
   */
  notify(bucket: string, onEvent: (event: S3Event) => void): Promise<AsyncDisposable>;
}

/** The server can't be had on this machine: a line says why. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}
