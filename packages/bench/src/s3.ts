import { once } from "node:events";
import { statSync } from "node:fs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import { selectIds } from "@lotes/core";
import { startThread } from "@lotes/local/start-thread";
import { csvFile } from "./csv-file.ts";
import { inTurns } from "./in-turns.ts";
import { machine, median, print } from "./machine.ts";
import { table } from "./table.ts";

/** What S3 gives a connection, and how long it takes to answer (AWS, "Best practices design patterns: optimizing Amazon S3 performance"). */
const BYTES_PER_SECOND = 90_000_000;
const LATENCY_MS = 30;

const ROWS = 1_000_000;
const TIMES = 5;
const GOAL = 3;
const FILTER = { minYear: 1960, minVotes: 10_000, genres: ["crime", "war"] };
const OBJECT = { Bucket: "data-lake", Key: "movies.csv" };

/** Reads an object of 1 M rows from a stand-in that gives each connection what S3 gives it. */
export async function benchS3(): Promise<void> {
  const csv = await csvFile(ROWS);
  const megabytes = statSync(csv).size / 1e6;
  const worker = startThread(new URL("./s3-thread.ts", import.meta.url), {
    workerData: { csv, bytesPerSecond: BYTES_PER_SECOND, latencyMs: LATENCY_MS, etag: "1" },
  });
  const [endpoint] = await once(worker, "message");
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "s" },
    forcePathStyle: true,
  };
  const client = new S3Client(config);
  const store = new S3ObjectStore(OBJECT.Bucket, config);
  const oneConnection = async () =>
    (await client.send(new GetObjectCommand(OBJECT))).Body as unknown as AsyncIterable<Uint8Array>;
  const ranges = () => store.stream(OBJECT.Key, "1");

  const rows: [string, () => Promise<unknown>][] = [
    ["one connection, read only", async () => drained(await oneConnection())],
    ["parallel ranges, read only", async () => drained(await ranges())],
    ["one connection, and selecting", async () => selectIds(await oneConnection(), FILTER)],
    ["parallel ranges, and selecting", async () => selectIds(await ranges(), FILTER)],
  ];
  const timed = await inTurns(
    rows,
    ([, read]) => secondsOf(read),
    () => TIMES,
  );
  const seconds = Array.from(timed.values(), median);
  const [alone = 1] = seconds;
  const lines = rows.map(([name], index) => {
    const took = seconds[index] ?? Number.NaN;
    return [name, took.toFixed(2), Math.round(megabytes / took), `${(alone / took).toFixed(1)}×`];
  });
  print(
    table(
      [`${Math.round(megabytes)} MB at ${BYTES_PER_SECOND / 1e6} MB/s a connection`, "s", "MB/s", "as fast"],
      lines,
    ),
  );
  const times = alone / (seconds[1] ?? 1);
  print(`\ngoal: ${GOAL}× one connection; ${times >= GOAL ? "kept" : "missed"}`);
  print(`${machine()}; the median of ${TIMES}, in turns; the stand-in runs on the same cores`);
  store.close();
  client.destroy();
  await worker.terminate();
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
