import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests of whole processes, and those that wait for backoffs and for messages to come back. */
const LONGEST = /packages\/(cli|chaos|simulate|functions\/test\/pipeline)\/|consumer-failures/;

/** What takes longest begins first, also where no earlier run tells what does: begun last, it would leave a core idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) => {
      // SST's components are installed and evaluated for these while the others run.
      if (project.name === "stacks") return 2;
      return LONGEST.test(moduleId) ? 0 : 1;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const options = {
  // A busy machine takes ten times as long as an idle one. These only end what would never end.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 120_000 } },
  // A command has a folder and an environment, which are a process's.
  pool: "forks" as const,
  // No test file leaves anything behind for the next one: what they import is loaded once for each process, not once for each file.
  isolate: false,
  // SST reads its links once per load of its module. A test that imports a handler anew must get a new load of it too.
  server: { deps: { inline: ["sst"] } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: "packages/functions/test/support/bundle-functions.ts",
    projects: [
      {
        test: {
          ...options,
          name: "together",
          include: ["packages/*/test/**/*.test.ts"],
          // They wait more than they work: more files at a time than a small machine has cores.
          maxWorkers: 4,
        },
      },
      {
        test: {
          ...options,
          name: "stacks",
          include: ["stacks/test/**/*.test.ts"],
          globalSetup: "stacks/test/support/evaluate-stages.ts",
          maxWorkers: 4,
        },
      },
    ],
  },
});
