// The stand-in for S3 of benchS3, in a thread of its own: it must not share the reader's time.
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { OneObjectS3 } from "@lotes/local/one-object-s3";

const { csv, ...options } = workerData;
const s3 = await OneObjectS3.start({ bytes: readFileSync(csv), ...options });
parentPort?.postMessage(s3.url);
