import type { FunctionName } from "@lotes/core";
import { FUNCTIONS } from "@lotes/core";
import { type RecordedCall, RecordingProxy } from "../roles/recording-proxy.ts";
import { functionsOfRuntimeClient } from "../runtime/runtime-client.ts";
import type { Bundles } from "./bundles.ts";
import { functionsInThreads } from "./functions-in-threads.ts";
import { atPair, type Pair } from "./pairs.ts";
import type { Came } from "./steps.ts";
import { wholeRun } from "./whole-run.ts";

/** A whole run in the local stack's execution environments. */
export function runInThreads(pair: Pair, { files }: Bundles): Promise<Came> {
  return atPair(pair, async (place) => {
    let functions: ReturnType<typeof functionsInThreads> | undefined;
    try {
      return await wholeRun(place, (env) => {
        functions = functionsInThreads(files, () => env);
        return functions;
      });
    } finally {
      for (const name of FUNCTIONS) await functions?.[name].stop();
    }
  });
}

/** A whole run and what the functions called in it. */
export interface RecordedRun {
  readonly came: Came;
  readonly calls: readonly RecordedCall[];
}

/**
 * A whole run under AWS's own runtime client, each call of which is kept.
 * @param client its program; undefined for the local stack's execution environments
 * @param variablesOf what a deployment sets in a function's environment
 */
export function recordedRun(
  pair: Pair,
  { files }: Bundles,
  client: string | undefined,
  variablesOf: (name: FunctionName) => Readonly<Record<string, string>>,
): Promise<RecordedRun> {
  return atPair(pair, async (place) => {
    const { bucketServer, queueServer } = place;
    await using s3 = await RecordingProxy.start(bucketServer.url);
    await using sqs = await RecordingProxy.start(queueServer.url);
    const recorded = (env: Readonly<Record<string, string>>) => (name: FunctionName) => {
      const places = Object.entries(env).map(([key, value]) => [
        key,
        value.replaceAll(queueServer.url, sqs.url).replaceAll(bucketServer.url, s3.url),
      ]);
      return { ...variablesOf(name), ...Object.fromEntries(places), AWS_SDK_UA_APP_ID: name } as Record<string, string>;
    };
    let stop = async () => {};
    const came = await wholeRun(place, (env) => {
      if (client === undefined) {
        const functions = functionsInThreads(files, recorded(env));
        stop = async () => {
          for (const name of FUNCTIONS) await functions[name].stop();
        };
        return functions;
      }
      const functions = functionsOfRuntimeClient(client, files, recorded(env));
      stop = async () => {
        for (const name of FUNCTIONS) await functions[name][Symbol.asyncDispose]();
      };
      return functions;
    }).finally(() => stop());
    return { came, calls: [...s3.calls, ...sqs.calls] };
  });
}
