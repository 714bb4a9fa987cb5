import { pathToFileURL } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import {
  type Account,
  Accountant,
  inputKey,
  Ledger,
  type LedgerEntry,
  ledgerKey,
  loteKey,
  type MovieRecord,
  manifestKey,
} from "@lotes/core";
import type { FunctionName } from "@lotes/core/topology";
import { LocalStack, type LocalStackOptions, type LogLine } from "@lotes/local";
import { inject } from "vitest";
import { scriptFile } from "../support/bundle-functions.ts";
import { runFunctionsHere } from "../support/functions-here.ts";

export const DATE = "2026/11/23";

/** The consumer in a thread for each of its environments, which can be killed whatever it is doing; the others in this process. */
export function consumerInThreads(functionName: string): string {
  if (functionName !== "consumer") return new URL(`../../src/${functionName}.ts`, import.meta.url).href;
  return pathToFileURL(scriptFile(inject("functionScripts"), functionName satisfies FunctionName)).href;
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

  async drop(csv: string, date = DATE): Promise<void> {
    const s3 = new S3Client(this.stack.services.clientConfig);
    await s3.send(new PutObjectCommand({ Bucket: this.stack.services.bucket, Key: inputKey(date), Body: csv }));
    s3.destroy();
  }

  /** The account of a date, once its manifest says that its run has settled. */
  async settled(date = DATE): Promise<Account | undefined> {
    const { emulator } = this.stack.services;
    const manifest = manifestKey(date);
    const written = new Promise<void>((resolve) => {
      emulator.on("created", ({ key }) => key === manifest && resolve());
    });
    if (emulator.objects(manifest).length === 0) await written;
    return new Accountant(this.store, date).account();
  }

  async ledger(date = DATE): Promise<LedgerEntry[]> {
    return Ledger.parse(await this.store.get(ledgerKey(date))).entries();
  }

  async lote(lote: number, date = DATE): Promise<MovieRecord[]> {
    const { body } = (await this.store.get(loteKey(date, lote))) ?? { body: "" };
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
