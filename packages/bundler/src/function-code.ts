import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { build } from "esbuild";

export const FUNCTIONS = ["producer", "consumer", "collector"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** What a function's code takes for its own: whatever of the process it is to have to itself. */
export interface Globals {
  readonly require: (name: string) => unknown;
  readonly process: NodeJS.Process;
  readonly globalThis: unknown;
  readonly setTimeout: typeof setTimeout;
  readonly setInterval: typeof setInterval;
  readonly setImmediate: typeof setImmediate;
}

export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** A function's code, compiled once. Each load of it is a new execution environment: modules, limiter and connections of its own. */
export interface FunctionCode {
  load(globals: Globals): Handler;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const NAMES = ["require", "process", "globalThis", "setTimeout", "setInterval", "setImmediate"] as const;

const codes = new Map<FunctionName, Promise<FunctionCode>>();

/** Bundles a handler's sources, as for Lambda, but into a script that can be run many times over in one process. Done once in a process. */
export function functionCode(name: FunctionName): Promise<FunctionCode> {
  const code = codes.get(name) ?? codeOf(name);
  codes.set(name, code);
  return code;
}

async function codeOf(name: FunctionName): Promise<FunctionCode> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`packages/functions/src/${name}.ts`],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    // A script can't import: what is imported late is required late.
    supported: { "dynamic-import": false },
    target: "es2024",
    mainFields: ["module", "main"],
    logLevel: "silent",
  });
  const text = outputFiles[0]?.text ?? "";
  const script = new Script(`(function (module, exports, ${NAMES.join(", ")}) {${text}\n})`, {
    filename: `${name}.cjs`,
  });
  return {
    load(globals) {
      const module = { exports: {} as { handler: Handler } };
      script.runInThisContext()(module, module.exports, ...NAMES.map((each) => globals[each]));
      return module.exports.handler;
    },
  };
}

export const requireBuiltin = createRequire(import.meta.url);
