import { afterEach, beforeEach, expect, test, vi } from "vitest";

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
    message: expect.stringMatching(/^stage ana has no data lake or no queues: deploy it with `.* --stage ana`, or .*$/),
  });
});
