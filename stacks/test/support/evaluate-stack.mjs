/**
 * Evaluates sst.config.ts for stages with SST's own components under Pulumi's mocks, and prints as JSON what would be deployed: offline,
 * without an AWS account and without Pulumi's CLI. It bundles the configuration as `sst deploy` does, and answers the calls that the
 * components make to SST's server. A process of its own, since SST changes the directory and Pulumi its globals. Several stages have
 * Pulumi's modules in common, which take most of the time; each has SST's and the configuration's for itself.
 */
import crypto from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";

const ACCOUNT = "123456789012";
const REGION = "us-east-1";

/** Each with the name of its stage and its environment. */
const evaluations = JSON.parse(process.argv[2]);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const platform = path.join(root, ".sst/platform");
const work = mkdtempSync(path.join(tmpdir(), "lotes-stack-"));
process.on("exit", () => rmSync(work, { recursive: true }));

// Of the platform: the one that its sources are meant for.
const esbuild = createRequire(path.join(platform, "package.json"))("esbuild");
// Random names would make two evaluations of one stack two stacks.
crypto.randomBytes = (size) => Buffer.alloc(size);

// Pulumi also rejects promises of its own with what stops a deployment, which is told already.
process.on("unhandledRejection", (error) => {
  if (!["SettingsError", "DeploymentRefusedError"].includes(error?.name)) throw error;
});

let handlers;
let resources;

await serveAsSst();
const own = { ...process.env };
const file = await bundledConfiguration();
const graphs = [];
try {
  for (const evaluation of evaluations) {
    graphs.push(await orUnhandled(evaluated(evaluation)).catch((error) => ({ error: error.stack })));
  }
} finally {
  rmSync(file);
}
// SST's client would keep its connection open for some seconds more.
process.stdout.write(JSON.stringify(graphs), () => process.exit());

/** Pulumi looks at an error of the program some time later, and never at one in an `apply`: neither may end the process, nor be waited for. */
function orUnhandled(evaluation) {
  const { promise, reject } = Promise.withResolvers();
  // It stays: several outputs may fail of one error.
  process.on("unhandledRejection", reject);
  return Promise.race([evaluation, promise]);
}

async function evaluated({ stage, env }) {
  process.env = { ...own, ...env };
  handlers = [];
  resources = [];
  const retained = [];
  globalThis.$app = { stage };
  const { config, run, pulumi, state } = await import(`${pathToFileURL(file)}?${graphs.length}`);
  // What Pulumi knows of a program, such as which stack its resources belong to.
  return state.withLocalStorage(async () => {
    const app = await config.app({ stage });
    Object.assign(globalThis.$app, app);
    await pulumi.runtime.setMocks({ newResource, call }, app.name, stage, false);
    const monitor = pulumi.runtime.getMonitor();
    const register = monitor.registerResource.bind(monitor);
    // The mocks are told neither this nor what a resource depends on.
    monitor.registerResource = (request, answer) => {
      if (request.getRetainondelete()) retained.push(request.getName());
      return register(request, answer);
    };
    const outputs = await pulumi.runtime.runInPulumiStack(() => run(config.run));
    await pulumi.runtime.disconnect();
    const result = await new Promise((resolve) => pulumi.output(outputs).apply(resolve));
    return { app: { ...app }, outputs: result, handlers, resources, retained };
  });
}

/** SST's components ask the CLI that evaluates them for what it knows of the account, and to build their functions. */
async function serveAsSst() {
  const answers = {
    "Provider.Aws.Bootstrap": () => ({ asset: "asset-bucket", state: "state-bucket" }),
    "Runtime.Build": ([{ handler, links }]) => {
      handlers.push({ handler, links });
      return { out: work, handler: `bundle${path.extname(handler)}`, errors: [], sourcemaps: [] };
    },
  };
  // Never closes a connection that SST may be about to use again.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const { method, params } = await json(request);
    const answer = answers[method];
    response.end(JSON.stringify(answer ? { result: answer(params) } : { error: `no answer to ${method}` }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  process.env.SST_SERVER = `http://127.0.0.1:${server.address().port}`;
  process.env.SST_SECRET_TmdbToken = "the-token";
}

/** With SST's globals, and with what it only finds at run time left out. */
async function bundledConfiguration() {
  const outfile = path.join(platform, `lotes-${process.pid}.mjs`);
  const cli = { command: "deploy", dev: false, paths: { home: work, root, work, platform }, state: { version: {} } };
  const globals = `import * as aws from "@pulumi/aws"; import * as sst from "${platform}/src/components";\n`;
  await esbuild.build({
    stdin: {
      contents: `export * as pulumi from "@pulumi/pulumi"; export * as state from "@pulumi/pulumi/runtime/state.js";
                 export { run } from "${platform}/src/auto/run.ts";
                 export { default as config } from "${root}sst.config.ts";`,
      resolveDir: root,
      loader: "ts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    nodePaths: [path.join(platform, "node_modules")],
    external: [
      "@pulumi/*",
      "undici",
      "@pulumiverse/*",
      "@sst-provider/*",
      "@aws-sdk/*",
      "esbuild",
      "archiver",
      "glob",
      "vite",
    ],
    inject: [path.join(platform, "src/shim/run.js")],
    define: { $app: "globalThis.$app", $cli: JSON.stringify(cli), $dev: "false" },
    banner: {
      js: `import { createRequire } from "module"; const require = createRequire(import.meta.url); const __dirname = "${platform}";`,
    },
    plugins: [
      {
        name: "sst-globals",
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path: file }) =>
            file.startsWith(platform) || file.includes("node_modules")
              ? undefined
              : { contents: globals + readFileSync(file, "utf8"), loader: "ts" },
          ),
      },
    ],
    logLevel: "error",
  });
  return outfile;
}

/** What AWS would answer to the creation of a resource. */
function newResource({ type, name, inputs }) {
  resources.push({ type, name, inputs });
  const own = inputs.bucket ?? inputs.name ?? name;
  return {
    id: own,
    state: {
      ...inputs,
      name: own,
      bucket: own,
      arn: arnOf(type, own),
      url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${own}`,
    },
  };
}

function arnOf(type, name) {
  if (type === "aws:s3/bucket:Bucket") return `arn:aws:s3:::${name}`;
  const service = type.slice("aws:".length).split("/")[0];
  if (type.endsWith(":EventRule")) return `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`;
  const kind = { lambda: "function:", iam: "role/", cloudwatch: "alarm:" }[service] ?? "";
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${kind}${name}`;
}

function call({ token, inputs }) {
  if (token.endsWith(":getCallerIdentity")) return { accountId: ACCOUNT };
  if (token.endsWith(":getRegion")) return { name: REGION, region: REGION };
  if (token.endsWith(":getPartition")) return { partition: "aws" };
  // SST looks at the statements to decide whether a role gets a policy.
  if (token.endsWith(":getPolicyDocument")) return { ...inputs, json: JSON.stringify(inputs) };
  throw new Error(`no answer to ${token}`);
}
