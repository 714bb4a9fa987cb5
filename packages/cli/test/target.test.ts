import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Folder } from "./support/folder.ts";

// Linux gives process ids up to 4,194,304, macOS up to 99,999.
const NO_PROCESS = 5_000_000;

// SST reads its links once per load of its module, and keeps them here.
beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("__SST_RESOURCE_RAW__", undefined);
  vi.stubGlobal("__SST_RESOURCE_ENVIRONMENT__", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("a stage without its links is told in one line with what to do", async () => {
  vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "lotes", stage: "ana" }));
  const { openTarget } = await import("../src/target.ts");
  await expect(openTarget()).rejects.toMatchObject({
    name: "UserError",
    code: "no_target",
    message: expect.stringMatching(/^stage ana has no data lake or no queues: deploy it with `.* --stage ana`, or .*$/),
  });
});

test("a stack that was killed is not there any more, even if another one has its port by now", async () => {
  using folder = new Folder();
  const another = createServer().listen(0, "127.0.0.1");
  await once(another, "listening");
  const url = `http://127.0.0.1:${(another.address() as AddressInfo).port}`;
  const home = process.cwd();
  process.chdir(folder.path);
  try {
    const { openTarget } = await import("../src/target.ts");
    folder.write(".lotes/local.json", JSON.stringify({ url, pid: process.pid }));
    (await openTarget())[Symbol.dispose]();
    folder.write(".lotes/local.json", JSON.stringify({ url, pid: NO_PROCESS }));
    await expect(openTarget()).rejects.toMatchObject({ code: "no_target" });
  } finally {
    process.chdir(home);
    another.close();
  }
});

test.each([
  ["SST_RESOURCE_App", "s3cret"],
  ["SST_RESOURCE_DataLake", "5"],
  ["SST_RESOURCES_JSON", "{"],
])("a link of SST's that can't be read is told in one line: %s=%s", async (name, value) => {
  vi.stubEnv(name, value);
  const { openTarget } = await import("../src/target.ts");
  await expect(openTarget()).rejects.toMatchObject({
    name: "SettingsError",
    message: `${name} must be a link as \`sst shell\` sets it: unset it, or name the stage with --stage`,
  });
});
