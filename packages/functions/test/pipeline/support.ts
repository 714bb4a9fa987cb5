import { pathToFileURL } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import { FUNCTIONS } from "@lotes/bundler/function-code";
import { Accountant, inputKey, Ledger, type LedgerEntry, ledgerKey, loteKey, type MovieRecord } from "@lotes/core";
import { LocalStack, type LocalStackOptions, type LogLine } from "@lotes/local";
import { inject } from "vitest";
import { scriptFile } from "../../../functions/test/support/bundle-functions.ts";

export const DATE = "2026/11/23";

/** An environment loads a bundle in a fraction of the time that it takes for the sources, and some runs here use up a dozen of them. */
function bundled(folder: string): (functionName: string) => string {
  const files = new Map<string, string>(FUNCTIONS.map((name) => [name, pathToFileURL(scriptFile(folder, name)).href]));
  return (functionName) => files.get(functionName) ?? "";
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
    const log: LogLine[] = [];
    const onLog = (line: LogLine) => log.push(line);
    return new Run(await LocalStack.start({ handlers: bundled(inject("functionScripts")), ...options, onLog }), log);
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
