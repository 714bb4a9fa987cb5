import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { S3ObjectStore } from "@lotes/aws";
import { type Account, Accountant, inputKey, type LedgerEntry, type MovieRecord, outputPrefix } from "@lotes/core";
import { csvSelecting } from "@lotes/core/testing/movie-rows";
import { type MisbehaviourRule, type QueueName, startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import { whereaboutsAt } from "@lotes/local/whereabouts";
import { vi } from "vitest";
import { type CliResult, functionsHere, LOTES, Workplace } from "./cli.ts";

export const DATE = "2026/11/23";
const TOKEN = "the-right-token";

export interface OperatorOptions {
  readonly facts: readonly MovieRecord[];
  readonly misbehaviour?: readonly MisbehaviourRule[];
  /** Of the functions and commands; by default ten times TMDB's budget. */
  readonly requestsPerSecond?: number;
}

export interface QueuePatience {
  readonly visibilitySeconds?: number;
  readonly delaySeconds?: number;
  readonly receives?: number;
}

/** Somebody with a terminal in an empty directory, and a TMDB that does as it is told. */
export class Operator implements AsyncDisposable {
  readonly place = new Workplace();
  readonly tmdb: TmdbStandIn;
  readonly #env: Record<string, string>;
  #stop: (() => Promise<void>) | undefined;
  #url = "";

  private constructor(tmdb: TmdbStandIn, requestsPerSecond: number) {
    this.tmdb = tmdb;
    this.#env = { TMDB_BASE_URL: tmdb.url, TMDB_TOKEN: TOKEN, TMDB_REQUESTS_PER_SECOND: String(requestsPerSecond) };
  }

  static async start({ facts, misbehaviour = [], requestsPerSecond = 400 }: OperatorOptions): Promise<Operator> {
    return new Operator(await startTmdbStandIn({ facts, misbehaviour, token: TOKEN }), requestsPerSecond);
  }

  /** `lotes local`, in this process. Returns what it has printed. */
  async startStack(env: Readonly<Record<string, string>> = {}): Promise<{ readonly url: string }> {
    const written = { stdout: "", stderr: "" };
    const ended = this.place.lotes(["local", "--port", "0", "--json"], { ...this.#env, ...env }, written);
    const printed = vi.waitUntil(() => written.stdout.includes("\n"), { timeout: 120_000, interval: 10 });
    await Promise.race([printed, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
    this.#stop = async () => {
      process.emit("SIGINT");
      await ended;
    };
    return this.#at(JSON.parse(written.stdout));
  }

  /** `lotes local` in a process of its own, which can be killed. */
  async spawnStack(): Promise<{ readonly url: string }> {
    const child = spawn(process.execPath, [LOTES, "local", "--port", "0", "--json"], {
      cwd: this.place.path,
      env: { ...this.#env, ...functionsHere() },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#stop = async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    const [line] = await once(createInterface(child.stdout), "line");
    return this.#at(JSON.parse(line));
  }

  /** Ctrl-C, or, if the stack has a process of its own, worse. */
  async stopStack(): Promise<void> {
    const stop = this.#stop;
    this.#stop = undefined;
    await stop?.();
  }

  #at<T extends { readonly url: string }>(document: T): T {
    this.#url = document.url;
    return document;
  }

  lotes(...args: string[]): Promise<CliResult> {
    return this.place.lotes(args, this.#env);
  }

  /** A command as `sst shell` runs it, in a process of its own, for links are read once: with the links of a deployed stage, and AWS where the environment says. */
  linked(...args: string[]): Promise<CliResult> {
    const { bucket, queueUrls } = whereaboutsAt(this.#url);
    return this.place.process(args, {
      ...this.#env,
      SST_RESOURCE_App: JSON.stringify({ name: "lotes", stage: "prod" }),
      SST_RESOURCE_DataLake: JSON.stringify({ name: bucket }),
      SST_RESOURCE_LoteQueue: JSON.stringify({ url: queueUrls.LoteQueue }),
      SST_RESOURCE_DeadLetterQueue: JSON.stringify({ url: queueUrls.DeadLetterQueue }),
      AWS_ENDPOINT_URL: this.#url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
  }

  /** A command that succeeds and prints JSON. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.lotes(...args, "--json", "--date", DATE);
    if (code !== 0) throw new Error(`lotes ${args.join(" ")}: exit code ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  get port(): string {
    return new URL(this.#url).port;
  }

  /** A CSV that selects the ids. */
  write(name: string, ids: readonly string[]): void {
    writeFileSync(join(this.place.path, name), csvSelecting(ids));
  }

  async ingest(ids: readonly string[]): Promise<void> {
    this.write("movies.csv", ids);
    await this.json("ingest", "movies.csv");
  }

  /** Uploads a CSV as somebody who does not wait for its run. */
  async drop(csv: string): Promise<void> {
    const { bucket, clientConfig } = whereaboutsAt(this.#url);
    const s3 = new S3Client(clientConfig);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: inputKey(DATE), Body: csv }));
    s3.destroy();
  }

  /** Every file of the date by its name. */
  async files(): Promise<Record<string, string>> {
    const { bucket, clientConfig } = whereaboutsAt(this.#url);
    const s3 = new S3Client(clientConfig);
    const files: Record<string, string> = {};
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: s3 },
      { Bucket: bucket, Prefix: outputPrefix(DATE) },
    )) {
      for (const { Key = "" } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        files[Key.slice(outputPrefix(DATE).length)] = (await Body?.transformToString()) ?? "";
      }
    }
    s3.destroy();
    return files;
  }

  /** Replaces a file of the date behind the pipeline's back, and returns what it held. */
  async swap(name: string, body: string): Promise<string> {
    const { bucket, clientConfig } = whereaboutsAt(this.#url);
    const s3 = new S3Client(clientConfig);
    const object = { Bucket: bucket, Key: `${outputPrefix(DATE)}${name}` };
    const { Body } = await s3.send(new GetObjectCommand(object));
    const before = await Body?.transformToString();
    await s3.send(new PutObjectCommand({ ...object, Body: body }));
    s3.destroy();
    return before ?? "";
  }

  /**
   * Sets a queue to the patience of a test.
   * @param delaySeconds before a message that is sent can be received
   * @param receives of a message before SQS gives it up; by default as many as before
   */
  async setQueue(
    name: QueueName,
    { visibilitySeconds = 1, delaySeconds = 0, receives }: QueuePatience = {},
  ): Promise<void> {
    await this.#withQueue(name, async (sqs, QueueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] }),
      );
      const policy = receives && { ...JSON.parse(Attributes?.RedrivePolicy ?? ""), maxReceiveCount: receives };
      await sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl,
          Attributes: {
            VisibilityTimeout: String(visibilitySeconds),
            DelaySeconds: String(delaySeconds),
            ...(policy && { RedrivePolicy: JSON.stringify(policy) }),
          },
        }),
      );
    });
  }

  /** Waits until so many messages are in a queue, received, delayed or neither. */
  async untilInQueue(name: QueueName, count: number): Promise<void> {
    await vi.waitUntil(
      async () => {
        const { Attributes } = await this.#withQueue(name, (sqs, QueueUrl) =>
          sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
        );
        const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
          Attributes ?? {};
        const { ApproximateNumberOfMessagesDelayed: delayed } = Attributes ?? {};
        return Number(visible) + Number(inFlight) + Number(delayed) === count;
      },
      { timeout: 120_000, interval: 200 },
    );
  }

  /** Waits until the run is such. */
  async until(isSuch: (account: Account) => boolean): Promise<void> {
    const { bucket, clientConfig } = whereaboutsAt(this.#url);
    const store = new S3ObjectStore(bucket, clientConfig);
    const accountant = new Accountant(store, DATE);
    const look = async () => {
      const account = await accountant.account();
      return account !== undefined && isSuch(account);
    };
    await vi.waitUntil(look, { timeout: 120_000, interval: 200 });
    store.close();
  }

  async #withQueue<T>(name: QueueName, work: (sqs: SQSClient, url: string) => Promise<T>): Promise<T> {
    const { queueUrls, clientConfig } = whereaboutsAt(this.#url);
    const sqs = new SQSClient(clientConfig);
    try {
      return await work(sqs, queueUrls[name]);
    } finally {
      sqs.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopStack();
    await this.tmdb.stop();
    this.place[Symbol.dispose]();
  }
}

function linesOf<T>(body: string | undefined): T[] {
  return (body ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** The ids of all records, in the order of the lotes' files. */
export function storedIds(files: Readonly<Record<string, string>>): (string | null)[] {
  return Object.keys(files)
    .filter((name) => name.startsWith("lote_"))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .flatMap((name) => linesOf<MovieRecord>(files[name]).map((record) => record.imdb_id));
}

export function failedIds(files: Readonly<Record<string, string>>): [string | null, string][] {
  return linesOf<LedgerEntry>(files["erros_geral.json"]).map(({ imdb_id, reason }) => [imdb_id, reason]);
}
