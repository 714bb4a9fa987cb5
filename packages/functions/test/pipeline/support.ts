import { pathToFileURL } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import { Accountant, inputKey, Ledger, type LedgerEntry, ledgerKey, loteKey, type MovieRecord } from "@lotes/core";
import type { FunctionName } from "@lotes/core/topology";
import { LocalStack, type LocalStackOptions, type LogLine } from "@lotes/local";
import { inject } from "vitest";
import { scriptFile } from "../support/bundle-functions.ts";
import { runFunctionsHere } from "../support/functions-here.ts";

export const DATE = "2026/11/23";

/** Handlers that get a thread each, which can be killed whatever they are doing. */
export function inThreads(functionName: string): string {
  return pathToFileURL(scriptFile(inject("functionScripts"), functionName as FunctionName)).href;
}

/** A local stack under test, and what it logged. */
export class Run {
  readonly stack: LocalStack;
  readonly store: S3ObjectStore;
  readonly log: LogLine[];

  private constructor(stack: LocalStack, log: LogLine[]) {
    this.stack = stack;
    this.log = log;
    this.store = new S3ObjectStore(stack.services.bucket, stack.services.clientConfig);
  }

  static async start(options: LocalStackOptions): Promise<Run> {
    runFunctionsHere(inject("functionScripts"));
    const log: LogLine[] = [];
    const onLog = (line: LogLine) => log.push(line);
    return new Run(await LocalStack.start({ ...options, onLog }), log);
  }

  async drop(csv: string): Promise<void> {
    const s3 = new S3Client(this.stack.services.clientConfig);
    await s3.send(new PutObjectCommand({ Bucket: this.stack.services.bucket, Key: inputKey(DATE), Body: csv }));
    s3.destroy();
  }

  accountant(): Accountant {
    return new Accountant(this.store, DATE);
  }

  async ledger(): Promise<LedgerEntry[]> {
    return Ledger.parse(await this.store.get(ledgerKey(DATE))).entries();
  }

  async lote(lote: number): Promise<MovieRecord[]> {
    const { body } = (await this.store.get(loteKey(DATE, lote))) ?? { body: "" };
    return body
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  async stop(): Promise<void> {
    this.store.close();
    await this.stack.stop();
  }
}
