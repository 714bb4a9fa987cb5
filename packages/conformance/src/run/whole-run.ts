import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { SqsBacklog } from "@lotes/aws";
import type { FunctionName } from "@lotes/core";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import { Deployment, type Invoked } from "./deployment.ts";
import { lotes } from "./lotes-command.ts";
import { manifestInWords } from "./manifest-check.ts";
import type { Place } from "./place.ts";
import { type Came, type StepName, trouble } from "./steps.ts";

const DATE = "2026/11/23";
const MOVIES = 120;
/** Two to a lote: more lotes than a ledger in one piece may have. */
const LOTE_SIZE = 2;
const UNKNOWN = 10;
const BROKEN = 5;
const LATER_MOVIES = 60;
const DYING_LOTE = 3;
/** The five lotes of the unknown ids, and the three that hold the broken ones. */
const REPORTING_LOTES = 8;

const ids = movieIds(MOVIES);
const unknown = new Set(ids.slice(-UNKNOWN));
const broken = ids.slice(20, 20 + BROKEN);

export const SETTINGS = {
  TMDB_REQUESTS_PER_SECOND: "1000",
  CONSUMER_CONCURRENCY: "2",
  LOTE_SIZE: String(LOTE_SIZE),
  REUSE_HOURS: "24",
};

/** How the functions are run: with the environment that they are to have. */
export type Runtime = (env: Readonly<Record<string, string>>) => Readonly<Record<FunctionName, Invoked>>;

interface RunDocument {
  readonly run: string | null;
  readonly ids: number;
  readonly stored: number;
  readonly failed: number;
  readonly settled: boolean;
}

/**
 * A run from the upload to the end, its redrive, its replay, and a later upload, with the commands that an operator has.
 * @returns what came of each step; after one that can't be done, no other is tried
 */
export async function wholeRun(place: Place, runtime: Runtime): Promise<Came> {
  const came: Partial<Record<StepName, string>> = {};
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-whole-run-"));
  const knownFacts = ids.filter((id) => !unknown.has(id)).map(facts);
  const tmdb = await startTmdbStandIn({
    facts: knownFacts,
    misbehaviour: [{ ids: broken, answer: { status: 422 } }],
  });
  const env = place.environment({ ...SETTINGS, TMDB_BASE_URL: tmdb.url });
  const deployment = await Deployment.start(place, runtime(env));
  try {
    await steps({ place, deployment, tmdb, folder, came, command: (...args) => lotes(args, env) });
  } catch (error) {
    came.end = trouble(error);
  } finally {
    await deployment[Symbol.asyncDispose]();
    await tmdb.stop();
    await rm(folder, { recursive: true, force: true });
  }
  came["functions' failures"] =
    deployment.failures.length === 0 ? "none" : [...new Set(deployment.failures)].join("; ");
  return came;
}

interface Scene {
  readonly place: Place;
  readonly deployment: Deployment;
  readonly tmdb: TmdbStandIn;
  readonly folder: string;
  readonly came: Partial<Record<StepName, string>>;
  command(...args: string[]): Promise<unknown>;
}

async function steps({ place, deployment, tmdb, folder, came, command }: Scene): Promise<void> {
  const first = path.join(folder, "first.csv");
  await writeFile(first, csvSelecting(ids));
  deployment.dyingLote = DYING_LOTE;

  const ingested = (await command("ingest", first, "--date", DATE)) as { run: string | null };
  came.upload = ingested.run === null ? "no run begins" : "its run begins";
  came.event = eventInWords(deployment);

  const letters = await settledQueues(place);
  came["dead letters"] =
    letters > REPORTING_LOTES ? "the lote of the consumer that died, and the reports" : `${letters} messages`;
  deployment.dyingLote = undefined;
  came.redrive = await redrive(place, command);
  await settledQueues(place);

  deployment.startCollector();
  const settled = (await command("status", "--date", DATE, "--watch")) as RunDocument;
  came.account = accountInWords(settled);
  came.manifest = await manifestInWords(place, DATE);

  await tmdb.misbehave([]);
  const replayed = (await command("replay", "--date", DATE, "--watch")) as { recovered: number; failed_again: number };
  came.replay = `${replayed.recovered} recovered, ${replayed.failed_again} failed again`;
  const after = (await command("status", "--date", DATE, "--watch")) as RunDocument;
  came["account after the replay"] = accountInWords(after);
  came["manifest after the replay"] = await manifestInWords(place, DATE);

  const later = path.join(folder, "later.csv");
  await writeFile(later, csvSelecting(ids.slice(0, LATER_MOVIES)));
  const { account } = (await command("ingest", later, "--date", DATE, "--watch")) as { account: RunDocument };
  came["a later upload"] = account.run === settled.run ? "the same run" : accountInWords(account);
  const last = (await command("status", "--date", DATE, "--watch")) as RunDocument;
  came["its manifest"] = last.settled ? await manifestInWords(place, DATE) : "not settled";
  came.end = "reached";
}

function accountInWords({ ids, stored, failed }: RunDocument): string {
  return `${ids} = ${stored} stored + ${failed} failed`;
}

/** What S3's event says of the object, as far as the producer needs it. */
function eventInWords({ events: [event] }: Deployment): string {
  const object = event?.Records[0]?.s3.object;
  if (object === undefined) return "no event";
  const facts = { eTag: object.eTag, size: object.size, sequencer: object.sequencer };
  const missing = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [name] : []));
  return missing.length === 0 ? "key, eTag, size, sequencer" : `without ${missing.join(", ")}`;
}

/** Waits until nothing is left in LoteQueue. @returns how many messages stand in the DeadLetterQueue */
async function settledQueues(place: Place): Promise<number> {
  const [queue, deadLetters] = [backlog(place, "LoteQueue"), backlog(place, "DeadLetterQueue")];
  try {
    for (let quiet = 0; quiet < 3; ) {
      const { visible, inFlight } = await queue.depth();
      quiet = visible + inFlight === 0 ? quiet + 1 : 0;
      await delay(500);
    }
    return (await deadLetters.depth()).visible;
  } finally {
    queue.close();
    deadLetters.close();
  }
}

/** Sends all that stands in the DeadLetterQueue back: as the console does it, or by hand where a server can't. */
async function redrive(place: Place, command: Scene["command"]): Promise<string> {
  const SourceArn = place.queueArn("DeadLetterQueue");
  try {
    await place.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn: place.queueArn("LoteQueue") }));
  } catch {
    // The ledger is empty as long as there is no collector: nothing else is sent.
    const { dlq } = (await command("replay", "--date", DATE, "--dlq")) as { dlq: { not_moved: number } };
    return dlq.not_moved === 0 ? "by hand: `replay --dlq`" : `${dlq.not_moved} not moved`;
  }
  for (;;) {
    const { Results: [task] = [] } = await place.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    if (task?.Status !== "RUNNING") return task?.Status === "COMPLETED" ? "by a move task" : `${task?.Status}`;
    await delay(500);
  }
}

function backlog(place: Place, queue: "LoteQueue" | "DeadLetterQueue"): SqsBacklog {
  return new SqsBacklog(place.queueUrl(queue), place.queueServer.clientConfig);
}
