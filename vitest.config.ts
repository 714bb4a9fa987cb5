import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    // Integration tests start servers and worker threads of their own: on two cores, two files at a time is what keeps their clocks honest.
    maxWorkers: 2,
    testTimeout: 30_000,
    // SST reads its links once per load of its module. A test that imports a handler anew must get a new load of it too.
    server: { deps: { inline: ["sst"] } },
  },
});
