/**
 * Loaded into a `lotes` under test before anything else: its functions come from the bundles of the tests instead of the sources, which
 * are the same and take three times as long to load.
 */
import { syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";
import workerThreads from "node:worker_threads";

const { Worker } = workerThreads;
const SOURCE = /\/packages\/functions\/src\/(\w+)\.ts$/;

workerThreads.Worker = class extends Worker {
  constructor(file, options) {
    const name = SOURCE.exec(options?.workerData?.module)?.[1];
    const module = name && pathToFileURL(`${process.env.LOTES_TEST_FUNCTIONS}/${name}.cjs`).href;
    super(file, module ? { ...options, workerData: { ...options.workerData, module } } : options);
  }
};
syncBuiltinESMExports();
