import { setTimeout as delay } from "node:timers/promises";
import { ledgerKey, loteKey } from "../keys.ts";
import { Ledger, LedgerError } from "../ledger/ledger.ts";
import { type Failure, type LoteMessage, mayHaveBeenTried, messageBody, type Report } from "../message.ts";
import { METRICS, type Metrics } from "../metrics.ts";
import type { Log, MessageQueue, ObjectStore, StoredObject } from "../ports.ts";
import { readRunInForce } from "../run/in-force.ts";
import type { RunFile } from "../run/run-file.ts";
import { MAX_RECEIVE_COUNT } from "../topology.ts";
import { updateObject } from "../update-object.ts";
import { type FetchedLote, fetchLote, type MovieSource } from "./fetch-lote.ts";
import { type LoteFile, loteObject, mergeLote, parseLoteFile, runOf } from "./lote-file.ts";

export interface ConsumerDeps {
  readonly store: ObjectStore;
  readonly deadLetterQueue: MessageQueue;
  readonly movies: MovieSource;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What SQS tells of a message beside its body. */
export interface Delivery {
  readonly receiveCount: number;
  readonly sentAt: Date;
}

/** What the log says of TMDB's first failure of each kind during a lote, with its `reason`, `status` and `cause`. */
export const TMDB_TROUBLE = "trouble with TMDB";

/** TMDB asked for a pause that is longer than the function's time. The lote is to be delivered again. */
export class LoteHeldUpError extends Error {
  override readonly name = "LoteHeldUpError";

  constructor({ records, failures }: FetchedLote) {
    super(
      `TMDB asked for a pause that is longer than the function's time: ${records.size} ids are stored, and ${failures.length} wait for the next delivery`,
    );
  }
}

// From a look at a file to its removal it is two calls to S3, each of some 50 ms, and a second on a bad day.
const LONGEST_REMOVAL_MS = 2_000;

/**
 * Fetches the movies of a lote, writes their records into its file and reports what failed to the DeadLetterQueue.
 * @param deadline the instant (by `performance.now()`) after which no request may be under way, early enough for the writes that follow
 * @throws {LoteHeldUpError} when TMDB asks for a long pause, unless this is the last delivery
 * @throws when S3 or SQS can't be reached: nothing is lost, for the message comes back
 */
export async function consumeLote(
  message: LoteMessage,
  delivery: Delivery,
  deadline: number,
  deps: ConsumerDeps,
): Promise<void> {
  const { store, deadLetterQueue, movies, log, metrics } = deps;
  const startedAt = performance.now();
  const run = await readRunInForce(store, message.date, message.run);
  if (run === undefined) {
    // A consumer before this one may have died between its write and its second look.
    await takeBack(message, store);
    return log.warn("lote dropped: a later upload superseded its run");
  }

  // Said while it happens: the lote itself goes on trying for as long as there is time.
  const onTrouble = ({ reason, status, message: cause }: Omit<Failure, "id">) =>
    log.warn(TMDB_TROUBLE, { reason, status, cause });
  const fetched = await fetchLote(message.ids, movies, deadline, onTrouble);
  // Whatever becomes of the lote, these were sent.
  metrics.add(METRICS.requests, fetched.traffic.requests);
  metrics.add(METRICS.retries, fetched.traffic.retries);
  metrics.add(METRICS.rateLimited, fetched.traffic.rate_limited);
  if (fetched.records.size > 0) await writeRecords(message, fetched, store);
  const [inForce, inLedger] = await Promise.all([
    readRunInForce(store, message.date, message.run),
    isInLedger(message, store),
  ]);
  if (inForce === undefined) {
    await takeBack(message, store);
    return log.warn("lote taken back: a later upload superseded its run meanwhile");
  }

  metrics.add(METRICS.recordsStored, fetched.records.size);
  // After the last delivery SQS would move the lote on without a word of the reason.
  if (fetched.isHeldUp && delivery.receiveCount < MAX_RECEIVE_COUNT) throw new LoteHeldUpError(fetched);

  const repeated = inLedger || mayHaveFailedBefore(message, delivery, run);
  const report = reportOf(message, fetched, repeated);
  if (report) await deadLetterQueue.send([{ body: messageBody(report) }]);
  metrics.add(METRICS.loteDuration, Math.round(performance.now() - startedAt));
  log.info("lote done", {
    ids: message.ids.length,
    stored: fetched.records.size,
    failed: countByReason(fetched.failures),
    recovered: report?.recovered.length ?? 0,
    ...fetched.traffic,
  });
}

async function writeRecords({ run, date, lote, ids }: LoteMessage, { records }: FetchedLote, store: ObjectStore) {
  const fetched: LoteFile = { run, ids, records };
  let tookTwinsPlace = false;
  const change = async (current: StoredObject | undefined) => {
    if (current === undefined) return loteObject(fetched);
    if (runOf(current) === run) return loteObject(mergeLote(parseLoteFile(current, ids), fetched));
    // Looked up after the file: while this run is in force, what is there is an earlier run's; otherwise it may be a later one's.
    if (!(await readRunInForce(store, date, run))) return undefined;
    const next = loteObject(fetched);
    tookTwinsPlace = next.body === current.body;
    return next;
  };
  await updateObject(store, loteKey(date, lote), change);
  if (!tookTwinsPlace) return;
  // The earlier run's consumer may be about to remove its own file, which it knows by the hash of its bytes: that of this one.
  await delay(LONGEST_REMOVAL_MS);
  await updateObject(store, loteKey(date, lote), (current) =>
    current && runOf(current) === run ? undefined : change(current),
  );
}

/** Removes what was written for a run that is no longer in force, unless a later run has its own file there already. */
async function takeBack({ run, date, lote }: LoteMessage, store: ObjectStore): Promise<void> {
  await updateObject(store, loteKey(date, lote), (current) =>
    current && runOf(current) === run ? "remove" : undefined,
  );
}

/**
 * Whether the ledger may have entries of the ids. One too many reported as recovered is harmless; one too few stays both stored and
 * failed. A console redrive gives a message a new time and a receive count of 1, but it can't be older than the end of the queuing.
 */
function mayHaveFailedBefore(message: LoteMessage, { receiveCount, sentAt }: Delivery, run: RunFile): boolean {
  return (
    receiveCount > 1 ||
    mayHaveBeenTried(message) ||
    (run.queued_at !== null && sentAt.getTime() > Date.parse(run.queued_at))
  );
}

/**
 * Whether the ledger has entries of the lote. A second delivery of the message may have overtaken the first and failed meanwhile. The
 * collector looks into the lote's file after it has entered failures, and this looks into the ledger after the file was written: of the
 * two, at least one sees the other.
 */
async function isInLedger({ run, date, lote }: LoteMessage, store: ObjectStore): Promise<boolean> {
  try {
    const entries = Ledger.parse(await store.get(ledgerKey(date))).entries();
    return entries.some((entry) => entry.run === run && entry.lote === lote);
  } catch (error) {
    // Somebody wrote into it by hand: that is the collector's trouble, and one recovery too many is none.
    if (error instanceof LedgerError) return true;
    throw error;
  }
}

/** What the collector has to know, or undefined when there is nothing to say. */
function reportOf(message: LoteMessage, { failures, records }: FetchedLote, repeated: boolean): Report | undefined {
  const { run, date, lote, attempts } = message;
  // A report that was sent back as it is has its own news for the collector, which must not end here.
  const toldBefore = message.kind === "report" ? message.recovered : [];
  const recovered = [...toldBefore, ...(repeated ? records.keys() : [])];
  if (failures.length === 0 && recovered.length === 0) return undefined;
  const ids = failures.map(({ id }) => id);
  return { kind: "report", run, date, lote, ids, attempts: attempts + 1, failures, recovered };
}

function countByReason(failures: readonly Failure[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of failures) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
