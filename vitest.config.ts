import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// esbuild, TypeScript's compiler and SST are Go programs, and each is over soon. Without this a quarter of their processor's time goes into
// collecting garbage. Whatever the tests start has it.
process.env.GOGC = "off";

/**
 * What begins before what, also where no earlier run tells how long each takes. The short files come last: they leave no core idle.
 */
const ORDER: readonly RegExp[] = [
  // An installation and forty commands, most of them one after the other: the longest of all.
  /cli\/test\/documents/,
  // What waits for processes, backoffs and messages to come back. Begun last, it would leave a core idle.
  /packages\/(cli|chaos|functions\/test\/pipeline)\/|consumer-failures/,
  // What works in threads and processes of its own, while others wait. By then SST's components are installed and evaluated.
  /simulate\/test\/schedules|node\/test\/sources|stacks\/test\/(bundles|types)/,
  /packages\/(functions|local|aws|tmdb)\//,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = ORDER.findIndex((pattern) => pattern.test(moduleId));
      return found === -1 ? ORDER.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    include: ["packages/*/test/**/*.test.ts", "stacks/test/**/*.test.ts"],
    globalSetup: [
      "stacks/test/support/evaluate-stages.ts",
      "packages/core/test/support/install-readers.ts",
      "packages/functions/test/support/bundle-functions.ts",
    ],
    // A busy machine takes ten times as long as an idle one. These only end what would never end.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // A command has a folder and an environment, which are a process's.
    pool: "forks",
    // No test file leaves anything behind for the next one: what they import is loaded once for each process, not once for each file.
    isolate: false,
    // They wait longer than they work. So many files at a time keep the two cores of a small machine busy from the beginning to the end.
    maxWorkers: 8,
    // SST reads its links once per load of its module. A test that imports a handler anew must get a new load of it too.
    server: { deps: { inline: ["sst"] } },
  },
});
