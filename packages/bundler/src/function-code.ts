import { createRequire } from "node:module";
import { parse } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { FUNCTIONS, type FunctionName } from "@lotes/core/topology";

export { FUNCTIONS, type FunctionName };

/** The globals that a function's code gets instead of the process's own. */
export interface Globals {
  readonly require: (name: string) => unknown;
  readonly process: NodeJS.Process;
  readonly globalThis: unknown;
  readonly setTimeout: typeof setTimeout;
  readonly setInterval: typeof setInterval;
  readonly setImmediate: typeof setImmediate;
  readonly clearTimeout: typeof clearTimeout;
  readonly clearInterval: typeof clearInterval;
  readonly Date: DateConstructor;
}

export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** A function's code, compiled once. Each load of it is a new execution environment: modules, limiter and connections of its own. */
export interface FunctionCode {
  load(globals: Globals): Handler;
  /** What V8 has compiled of it so far, for another process. */
  compiled(): Buffer;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const NAMES = [
  "require",
  "process",
  "globalThis",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "Date",
] as const satisfies readonly (keyof Globals)[];

/**
 * Bundles the handlers' sources, as for Lambda, but each into a script that can be run many times over in one process.
 * @returns the scripts, for {@link functionCode}
 */
export async function functionScripts(): Promise<Record<FunctionName, string>> {
  // Only who bundles needs it, and it takes longer to load than a script does.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: FUNCTIONS.map((name) => `packages/functions/src/${name}.ts`),
    // Nothing is written, but several outputs need a path each.
    outdir: "functions",
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    // A script can't import. So a dynamic import becomes a require.
    supported: { "dynamic-import": false },
    target: "es2024",
    mainFields: ["module", "main"],
    logLevel: "silent",
  });
  const textOf = (name: FunctionName) => outputFiles.find(({ path }) => parse(path).name === name)?.text ?? "";
  return { producer: textOf("producer"), consumer: textOf("consumer"), collector: textOf("collector") };
}

/**
 * Compiles one of the scripts that {@link functionScripts} has made.
 * @param cachedData what another process has compiled of it, which takes a tenth of the time
 */
export function functionCode(name: FunctionName, text: string, cachedData?: Buffer): FunctionCode {
  const script = new Script(`(function (module, exports, ${NAMES.join(", ")}) {${text}\n})`, {
    filename: `${name}.cjs`,
    cachedData,
  });
  return {
    load(globals) {
      const module = { exports: {} as { handler: Handler } };
      script.runInThisContext()(module, module.exports, ...NAMES.map((each) => globals[each]));
      return module.exports.handler;
    },
    compiled: () => script.createCachedData(),
  };
}

export const requireBuiltin = createRequire(import.meta.url);
