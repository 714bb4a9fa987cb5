import { type ChildProcess, fork } from "node:child_process";
import { createCipheriv, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const RUNTIME = fileURLToPath(new URL("./lambda-runtime.mjs", import.meta.url));

export interface FunctionArgs {
  /** The folder of its bundle, which is where Lambda unpacks it. */
  readonly taskRoot: string;
  readonly handler: string;
  readonly name: string;
  /** What is linked to it, by SST's names. */
  readonly links: Readonly<Record<string, object>>;
  /** What the stack sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where S3 and SQS are; on Lambda, the region says so. */
  readonly endpoint: string;
}

/** A bundle in a process of its own, with what Lambda and SST give it and nothing else of this machine. */
export class DeployedFunction {
  readonly #process: ChildProcess;
  readonly #printed: Promise<string>;
  readonly #complained: Promise<string>;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#printed = text(child.stdout as Readable);
    this.#complained = text(child.stderr as Readable);
  }

  static async start({
    taskRoot,
    handler,
    name,
    links,
    environment,
    endpoint,
  }: FunctionArgs): Promise<DeployedFunction> {
    // As SST encrypts the links of a function into its bundle: AES-256-GCM with a nonce of zeros, the key in its environment.
    const key = randomBytes(32);
    const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12));
    const encrypted = Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
    await writeFile(path.join(taskRoot, "resource.enc"), encrypted);
    const child = fork(RUNTIME, [], {
      cwd: taskRoot,
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...environment,
        SST_KEY: key.toString("base64"),
        LAMBDA_TASK_ROOT: taskRoot,
        _HANDLER: handler,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "key",
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_SESSION_TOKEN: "token",
        AWS_ENDPOINT_URL: endpoint,
      },
    });
    const started = new DeployedFunction(child);
    const exited = once(child, "exit").then(async () => {
      throw new Error(`${name} can't be loaded: ${await started.#complained}`);
    });
    await Promise.race([once(child, "message"), exited]);
    exited.catch(() => {});
    return started;
  }

  /** @param millis what Lambda gives the function */
  async invoke(event: unknown, millis: number): Promise<unknown> {
    this.#process.send({ event, millis } as object);
    const [answer] = (await once(this.#process, "message")) as [{ result?: unknown; error?: string }];
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  }

  /** @returns the lines it has printed: its log, errors among them, and its metrics */
  async stop(): Promise<string[]> {
    this.#process.kill();
    return [await this.#printed, await this.#complained]
      .flatMap((lines) => lines.split("\n"))
      .filter((line) => line !== "");
  }
}
