import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

test("a stage without its links is told in one line with what to do", async () => {
  vi.stubEnv("SST_RESOURCE_App", JSON.stringify({ name: "lotes", stage: "ana" }));
  const { openTarget } = await import("../src/target.ts");
  await expect(openTarget()).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringMatching(/^stage ana has no data lake or no queues: deploy it with `.* --stage ana`, or .*$/),
  });
});
