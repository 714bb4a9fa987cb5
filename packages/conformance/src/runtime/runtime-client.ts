import path from "node:path";
import { FUNCTIONS, type FunctionName } from "@lotes/core";
import type { Invoked } from "../run/deployment.ts";
import { LIMITS } from "../run/functions-in-threads.ts";
import { Program, run } from "../servers/programs.ts";
import { required, toolFolder } from "../servers/tools.ts";
import { RuntimeApi, RuntimeError } from "./runtime-api.ts";

export const RUNTIME_CLIENT = { name: "aws-lambda-ric", version: "4.0.2" } as const;

/**
 * Gets AWS's own runtime client from npm. Its native part is built when it is installed.
 * @returns its program
 * @throws {UnavailableError}
 */
export async function runtimeClient(): Promise<string> {
  const { name, version } = RUNTIME_CLIENT;
  for (const tool of ["cmake", "make", "g++", "python3"]) required(tool, name);
  const npm = required("npm", name);
  const folder = await toolFolder(`${name}-${version}`, (part) =>
    run(npm, ["install", "--prefix", part, "--no-audit", "--no-fund", `${name}@${version}`]),
  );
  return path.join(folder, "node_modules", name, "index.mjs");
}

/** A function as Lambda runs it: processes of AWS's runtime client, each with a Runtime API of its own, kept warm. */
export class RuntimeClientFunction implements Invoked, AsyncDisposable {
  readonly name: FunctionName;
  readonly #client: string;
  readonly #bundle: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #idle: Environment[] = [];
  readonly #all: Environment[] = [];

  /**
   * @param client the program of the runtime client
   * @param bundle the function's module
   * @param env what the function finds in its environment beside Lambda's own variables
   */
  constructor(name: FunctionName, client: string, bundle: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#client = client;
    this.#bundle = bundle;
    this.#env = env;
  }

  async invoke(event: unknown): Promise<unknown> {
    const environment = this.#idle.pop() ?? (await this.#start());
    const result = await environment.api.invoke(event, LIMITS[this.name].timeoutSeconds * 1_000);
    this.#idle.push(environment);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { api, program } of this.#all) {
      await program[Symbol.asyncDispose]();
      api[Symbol.dispose]();
    }
  }

  async #start(): Promise<Environment> {
    const api = await RuntimeApi.start(`arn:aws:lambda:us-east-1:123456789012:function:${this.name}`);
    const { memoryMb } = LIMITS[this.name];
    const program = new Program(process.execPath, [this.#client], {
      cwd: path.dirname(this.#bundle),
      env: {
        PATH: process.env.PATH,
        ...this.#env,
        AWS_LAMBDA_RUNTIME_API: api.address,
        AWS_LAMBDA_FUNCTION_NAME: this.name,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${this.name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: "conformance",
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        LAMBDA_TASK_ROOT: path.dirname(this.#bundle),
        _HANDLER: `${path.parse(this.#bundle).name}.handler`,
      },
    });
    void program.exited.then(() => api.fail(new RuntimeError(`the runtime has ended: ${program.printed}`)));
    const environment = { api, program };
    this.#all.push(environment);
    return environment;
  }
}

interface Environment {
  readonly api: RuntimeApi;
  readonly program: Program;
}

export function functionsOfRuntimeClient(
  client: string,
  bundles: Readonly<Record<FunctionName, string>>,
  envOf: (name: FunctionName) => Readonly<Record<string, string>>,
): Record<FunctionName, RuntimeClientFunction> {
  const entries = FUNCTIONS.map((name) => [name, new RuntimeClientFunction(name, client, bundles[name], envOf(name))]);
  return Object.fromEntries(entries);
}
