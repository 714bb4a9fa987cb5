// Starts `lotes`: from the bundle that `install` has made of the sources, and from the sources where there is none that is like them.
const { readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { enableCompileCache, registerHooks } = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");
const { crc32 } = require("node:zlib");

const ROOT = join(__dirname, "../../..");
// Where packages/bundler/src/bundle-lotes.ts puts it.
const FOLDER = join(__dirname, "../node_modules/.cache/lotes");
const DAY_MS = 24 * 3_600_000;
const SUM_BYTES = 4;

const [, , command = "help"] = process.argv;
const bundle = freshBundle();
// A new bundle may have taken the place of this one meanwhile.
const text = bundle?.fromSources.includes(command) === false ? contentOf(bundle.script) : undefined;
if (text === undefined) fromSources();
else fromBundle(bundle.script, text.toString("latin1"), /^[a-z]+$/.test(command) ? command : "help");

/** What is said of the bundle, if no source that went into it was changed since, and it was made for this place. */
function freshBundle() {
  const said = readBundleFile();
  if (said === undefined) return undefined;
  const { root, inputs, ...bundle } = said;
  const isSame = ([file, [mtimeMs, size]]) => {
    const found = statSync(join(ROOT, file), { throwIfNoEntry: false });
    return found?.mtimeMs === mtimeMs && found.size === size;
  };
  return root === ROOT && Object.entries(inputs).every(isSame) ? bundle : undefined;
}

function readBundleFile() {
  try {
    return JSON.parse(readFileSync(join(FOLDER, "bundle.json"), "utf8"));
  } catch {
    // There is none, or a loss of power has emptied it.
    return undefined;
  }
}

/**
 * V8 need not compile what it has compiled the last time. Each command has a file of its own, since what a command never calls would only
 * have to be read. Node's own cache keeps no function that is compiled at its first call, which are most of them.
 */
function fromBundle(name, text, command) {
  const filename = join(FOLDER, name);
  const cache = `${filename}.${command}`;
  const made = statSync(cache, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const cachedData = unbroken(contentOf(`${name}.${command}`));
  const script = new Script(text, { filename, cachedData });
  // A later run of the same command may call more of it. What was compiled before is kept.
  if (cachedData === undefined || script.cachedDataRejected || Date.now() - made > DAY_MS) {
    process.on("exit", (code) => code === 0 && keep(cache, script));
  }
  script.runInThisContext()(require);
}

function keep(cache, script) {
  const half = `${cache}.${process.pid}`;
  try {
    const compiled = script.createCachedData();
    const sum = Buffer.alloc(SUM_BYTES);
    sum.writeUInt32LE(crc32(compiled));
    writeFileSync(half, Buffer.concat([sum, compiled]));
    renameSync(half, cache);
  } catch {
    // The folder is another user's, or the disk is full.
    rmSync(half, { force: true });
  }
}

/** What was compiled, without the checksum before it. V8 takes it on trust, and Node would crash on a file that a loss of power has damaged. */
function unbroken(kept) {
  if (kept === undefined || kept.length < SUM_BYTES) return undefined;
  const compiled = kept.subarray(SUM_BYTES);
  return crc32(compiled) === kept.readUInt32LE() ? compiled : undefined;
}

function fromSources() {
  // A third of the time until a command begins is Node compiling what it compiled the last time.
  enableCompileCache();
  // zod brings its messages in 65 languages, a file each. No message of zod's is ever shown, and a sixth of the time is reading them.
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === "../locales/index.js" ? "../locales/en.js" : specifier, context),
  });
  void import("../src/main.ts");
}

function contentOf(name) {
  try {
    return readFileSync(join(FOLDER, name));
  } catch {
    return undefined;
  }
}
