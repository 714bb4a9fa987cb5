import { defineConfig } from "vitest/config";

/** Tests that hold requests to a sliding second: what else runs on the machine would be in their clocks. */
const CLOCKED = ["packages/local/test/pipeline/{budget,storm}.test.ts"];

const options = {
  testTimeout: 60_000,
  // SST reads its links once per load of its module. A test that imports a handler anew must get a new load of it too.
  server: { deps: { inline: ["sst"] } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...options,
          name: "together",
          include: ["packages/*/test/**/*.test.ts"],
          exclude: CLOCKED,
          // They wait more than they work: more files at a time than a small machine has cores.
          maxWorkers: 6,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...options,
          name: "stacks",
          include: ["stacks/test/**/*.test.ts"],
          globalSetup: "stacks/test/support/evaluate-stages.ts",
          maxWorkers: 6,
          // After the others: by then SST's components have been installed and evaluated.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...options,
          name: "clocked",
          include: CLOCKED,
          // One for each core of a small machine: the storm is mostly waiting.
          maxWorkers: 2,
          // The requests keep 15 ms clear of the budget. A machine that stalls longer than that once is a stall; twice is a bug.
          retry: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
