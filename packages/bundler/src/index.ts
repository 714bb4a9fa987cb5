import path from "node:path";
import { build } from "esbuild";

/** What SST puts before an ES module's code, for CommonJS packages in it. */
const BANNER = [
  `import { createRequire as topLevelCreateRequire } from 'module';`,
  "const require = topLevelCreateRequire(import.meta.url);",
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
  "const __filename = topLevelFileUrlToPath(import.meta.url)",
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
].join("\n");

export interface Bundle {
  /** The module, as Lambda loads it. */
  readonly file: string;
  /** What Lambda is told to call: the module and its export. */
  readonly handler: string;
  readonly bytes: number;
  /** The sources that went into it, relative to the root. */
  readonly inputs: readonly string[];
}

/**
 * Bundles a handler as `sst deploy` does: the options of SST 4.17's builder (pkg/runtime/node/build.go) for a function of Node 24 with
 * `nodejs: { minify: true }`, by the version of esbuild that is built into it.
 * @param root the project's folder
 * @param handler as a function names it, such as `packages/functions/src/producer.handler`
 * @param outDir where the module goes
 */
export async function bundleHandler(root: string, handler: string, outDir: string): Promise<Bundle> {
  const { dir, name, ext } = path.parse(handler);
  const file = path.join(outDir, "bundle.mjs");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(dir, `${name}.ts`)],
    outfile: file,
    platform: "node",
    external: ["sharp", "pg-native"],
    keepNames: true,
    bundle: true,
    metafile: true,
    // SST uploads the map beside the bundle, and keeps it out of the function.
    sourcemap: "linked",
    format: "esm",
    target: "es2024",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    minify: true,
    logLevel: "silent",
  });
  const { bytes, inputs } = metafile.outputs[path.relative(root, file)] ?? { bytes: Number.NaN, inputs: {} };
  return { file, handler: `bundle${ext}`, bytes, inputs: Object.keys(inputs) };
}
