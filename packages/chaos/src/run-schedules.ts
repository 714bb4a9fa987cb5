import { once } from "node:events";
import { functionScripts } from "@lotes/bundler/function-code";
import { startThread } from "@lotes/local/start-thread";
import type { Share } from "./lab-thread.ts";
import type { Outcome } from "./run-schedule.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly indexes: readonly number[];
  readonly threads: number;
  readonly print: (line: string) => void;
}

export interface Totals {
  schedules: number;
  broken: number;
  /** Calls that went wrong, deaths among them. */
  troubles: number;
  deaths: number;
}

// How many schedules a thread runs side by side, at the most. They mostly wait. With more of them a thread is so busy that functions run out
// of time for no other reason.
const AT_ONCE = 15;
// Some 100 MB are in use at a time. Without a limit the garbage collector lets the environments of many schedules pile up.
const HEAP_MB = 2_000;
// Often enough to show that the run goes on.
const PROGRESS_EVERY = 100;
// The sentences after the first few mostly follow from the same mistake.
const SENTENCES_SHOWN = 4;
const LONGEST_SENTENCE = 600;

/** Runs the schedules and tells of each that broke a promise, and how to see it again. */
export async function runSchedules({ seed, indexes, threads, print }: ChaosOptions): Promise<Totals> {
  const began = performance.now();
  const totals: Totals = { schedules: 0, broken: 0, troubles: 0, deaths: 0 };
  const progress = () => {
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const { schedules, troubles, deaths, broken } = totals;
    return `${schedules} schedules, ${troubles} troubles, ${deaths} deaths, ${broken} broken promises, ${seconds} s`;
  };
  const add = ({ schedule, wrong, troubles, deaths }: Outcome) => {
    totals.schedules++;
    totals.troubles += troubles;
    totals.deaths += deaths;
    if (wrong.length > 0) {
      totals.broken++;
      const shown = wrong.slice(0, SENTENCES_SHOWN).map((sentence) => sentence.slice(0, LONGEST_SENTENCE));
      print([`see it again with pnpm chaos --seed ${seed} --only ${schedule.index}`, ...shown].join("\n  "));
    }
    if (totals.schedules % PROGRESS_EVERY === 0) print(progress());
  };
  print(`seed ${seed}`);
  // Without a schedule there is nothing to bundle the functions for, which takes two seconds.
  if (threads > 0) await runInThreads({ seed, indexes, threads }, add);
  print(progress());
  return totals;
}

async function runInThreads(
  { seed, indexes, threads }: Omit<ChaosOptions, "print">,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const scripts = await functionScripts();
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const workerData: Share = {
        seed,
        indexes: indexes.filter((_, nth) => nth % threads === thread),
        atOnce: AT_ONCE,
        scripts,
      };
      const worker = startThread(new URL("./lab-thread.ts", import.meta.url), {
        workerData,
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      });
      worker.on("message", onOutcome);
      await once(worker, "exit");
    }),
  );
}
