import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";

const ENTRY = "packages/cli/src/main.ts";
const COMMANDS = "packages/cli/src/commands/";
/** Where packages/cli/bin/lotes.cjs looks for it. */
const FOLDER = "packages/cli/node_modules/.cache/lotes";
/** What starts threads or bundles a page, from sources that it finds beside itself. */
const FROM_SOURCES = /^(@lotes\/local|@lotes\/console\/.*|esbuild)$/;
/** What the bundle depends on beside the sources in it. */
const MADE_BY = ["packages/bundler/src/bundle-lotes.ts", "pnpm-lock.yaml"];

/** What `lotes` is told of its bundle. */
interface BundleFile {
  /** The project's folder, which the bundle knows by its path. */
  readonly root: string;
  /** The script, beside this file. */
  readonly script: string;
  /** The commands that can't be run from it. */
  readonly fromSources: readonly string[];
  /** When each source was changed last, in milliseconds, and its size in bytes. */
  readonly inputs: Readonly<Record<string, readonly [mtimeMs: number, size: number]>>;
}

/**
 * Bundles the command `lotes` into one script, which begins in half the time that a thousand modules take.
 * @param root the project's folder
 */
export async function bundleLotes(root: string): Promise<void> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: "node22.18",
    mainFields: ["module", "main"],
    // A script can't import. Node's `import` of `node:http` would also load all of `fetch`.
    supported: { "dynamic-import": false },
    // It is read a byte for a letter.
    charset: "ascii",
    banner: { js: "(function (require) {" },
    footer: { js: "})" },
    plugins: [fromSources, ownUrls],
    logLevel: "silent",
  });
  const { contents = new Uint8Array() } = outputFiles[0] ?? {};
  // V8's compiled code names no source but its length. So it never meets another script under the same name.
  const script = `lotes-${createHash("sha256").update(contents).digest("hex").slice(0, 16)}.cjs`;
  const own = Object.keys(metafile.inputs).filter((each) => !each.includes("node_modules/"));
  const bundle: BundleFile = {
    root,
    script,
    fromSources: commandsFromSources(metafile),
    inputs: Object.fromEntries([...own, ...MADE_BY].map((file) => [file, stamp(join(root, file))])),
  };
  write(join(root, FOLDER), contents, bundle);
}

/** Leaves out what is to be run from its sources. */
const fromSources: Plugin = {
  name: "from sources",
  setup: ({ onResolve }) => {
    onResolve({ filter: FROM_SOURCES }, ({ path }) => ({ path, external: true }));
  },
};

/** Lets each module find what lies beside its source, as it does from its sources. */
const ownUrls: Plugin = {
  name: "own URLs",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8")
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path)))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
    }));
  },
};

/** The commands that reach what was left out. */
function commandsFromSources({ inputs }: Metafile): string[] {
  const reaches = (file: string, seen: Set<string>): boolean => {
    if (seen.has(file)) return false;
    seen.add(file);
    const imports = inputs[file]?.imports ?? [];
    return imports.some(({ path, external }) => (external ? FROM_SOURCES.test(path) : reaches(path, seen)));
  };
  const commands = Object.keys(inputs).filter((file) => file.startsWith(COMMANDS));
  return commands.filter((file) => reaches(file, new Set())).map((file) => parse(file).name);
}

function stamp(file: string): [number, number] {
  const { mtimeMs, size } = statSync(file);
  return [mtimeMs, size];
}

/** Another process may start from it meanwhile, and the power may fail: the script is there, and whole, before it is named. */
function write(folder: string, script: Uint8Array, bundle: BundleFile): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "bundle.json");
  writeFileSync(join(folder, bundle.script), script, { flush: true });
  writeFileSync(`${file}.new`, JSON.stringify(bundle), { flush: true });
  renameSync(`${file}.new`, file);
  const earlier = readdirSync(folder).filter((name) => name.startsWith("lotes-") && !name.startsWith(bundle.script));
  for (const name of earlier) rmSync(join(folder, name));
}
