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
  readonly bytes: number;
  /** The sources that went into it, relative to the root. */
  readonly inputs: readonly string[];
}

/**
 * Bundles a handler as `sst deploy` does: the options of SST 4.17's builder (pkg/runtime/node/build.go) for a function with
 * `nodejs: { minify: true }`, by the version of esbuild that is built into it.
 * @param root the project's folder
 * @param handler as a function names it, such as `packages/functions/src/producer.handler`
 * @param outDir where the module goes, under the handler's own path
 */
export async function bundleHandler(root: string, handler: string, outDir: string): Promise<Bundle> {
  const { dir, name } = path.parse(handler);
  const source = path.join(dir, name);
  const file = path.join(outDir, `${source}.mjs`);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${source}.ts`],
    outfile: file,
    platform: "node",
    external: ["sharp", "pg-native"],
    keepNames: true,
    bundle: true,
    metafile: true,
    format: "esm",
    target: "esnext",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    minify: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return { file, bytes: output?.bytes ?? 0, inputs: Object.keys(metafile.inputs) };
}
