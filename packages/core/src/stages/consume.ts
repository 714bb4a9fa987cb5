import { DateOutput } from "../files/date-output.ts";
import type { FetchTimes } from "../files/fetch-times.ts";
import { storedIdsOf } from "../files/lote-file.ts";
import type { LoteTimes } from "../files/lote-work.ts";
import { removeStrayEntries } from "../files/remove-files.ts";
import { isOpen, type RunInForce } from "../files/run-rules.ts";
import { storeLote, withdrawLote } from "../files/store-lote.ts";
import { METRICS } from "../metrics.ts";
import type { Log, MessageQueue, Metrics, MovieFailure, MovieSource, ObjectStore, Waits } from "../ports.ts";
import { countByReason } from "../reasons.ts";
import { MAX_RECEIVE_COUNT } from "../topology.ts";
import { type FetchedLote, fetchLote } from "./fetch-lote.ts";
import { type LoteMessage, type Message, mayHaveBeenTried, messageBody, type Report, recoveredIn } from "./message.ts";
import { OpenRunWatch } from "./open-run-watch.ts";
import { reusedRecords } from "./reuse.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface ConsumerDeps {
  readonly store: ObjectStore;
  readonly deadLetterQueue: MessageQueue;
  readonly movies: MovieSource;
  /** A record that TMDB gave less than so long ago, and that comes with the message, is not asked for. */
  readonly reuseHours: number;
  /** How long S3 was waited for, of all lotes of the process. */
  readonly s3Time: Stopwatch;
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

/**
 * Fetches the movies of a lote, writes their records into its file and reports what failed to the DeadLetterQueue.
 * @param deadline the instant (by `performance.now()`) after which no request may be under way, early enough for the writes that follow
 * @throws {LoteHeldUpError} when TMDB asks for a long pause, unless this is the last delivery
 * @throws when S3 or SQS can't be reached: nothing is lost, for the message comes back
 */
export async function consumeLote(
  message: Message,
  delivery: Delivery,
  deadline: number,
  deps: ConsumerDeps,
): Promise<void> {
  // A redrive of the whole DeadLetterQueue brings closing messages to the consumers too.
  if (message.kind === "closing") return deps.deadLetterQueue.send([{ body: messageBody(message) }]);
  const { store, deadLetterQueue, movies, reuseHours, s3Time, log, metrics } = deps;
  const startedAt = performance.now();
  const output = new DateOutput(store, message.date);
  const run = await s3Time.time(() => output.runInForce(message.run));
  if (run === undefined) {
    // A consumer before this one may have died between its write and its second look.
    await withdrawLote(output, message.lote, message.run);
    // So may a collector, before an operator moved its message here.
    await removeStrayEntries(output, message.lote);
    return log.warn("lote dropped: a later upload superseded its run");
  }
  if (!isOpen(run)) return dropCancelled(message, output, deps);

  // The log tells of trouble at once, since the lote goes on trying for as long as there is time.
  const onTrouble = ({ reason, status, message: cause }: MovieFailure) =>
    log.warn(TMDB_TROUBLE, { reason, status, cause });
  const startedOn = new Date();
  const reused = reusedRecords(message, reuseHours, startedOn);
  const asked = message.ids.filter((id) => !reused.records.has(id));
  const answered = await fetchWhileOpen(asked, message.run, output, { movies, deadline, onTrouble });
  const fetched = { ...answered, records: new Map([...reused.records, ...answered.records]) };
  const fetchedNow = answered.records.keys().map((id) => [id, startedOn] as const);
  const fetchTimes = new Map([...reused.fetchTimes, ...fetchedNow]);
  // These requests were sent, whatever becomes of the lote.
  metrics.add(METRICS.requests, fetched.traffic.requests);
  metrics.add(METRICS.retries, fetched.traffic.retries);
  metrics.add(METRICS.rateLimited, fetched.traffic.rate_limited);
  const work = {
    startedAt: startedOn,
    endedAt: new Date(),
    lastStartedAt: startedOn,
    oldestFetchedAt: oldestOf(fetchTimes) ?? startedOn,
    ...fetched.traffic,
    reused: reused.records.size,
    origin: movies.origin,
    times: timesOf(delivery, startedOn, fetched.waits, s3Time.takeMs()),
  };
  const file = { run: message.run, ids: message.ids, records: fetched.records, work, fetchTimes };
  const mayBeRepeated = mayHaveFailedBefore(message, delivery, run);
  const { isInForce, isInLedger, wasThere } = await s3Time.time(() =>
    storeLote(output, run, message.lote, file, mayBeRepeated),
  );
  if (!isInForce) return log.warn("lote taken back: a later upload superseded its run meanwhile");

  metrics.add(METRICS.recordsStored, fetched.records.size);
  // After the last delivery the lote must be reported: SQS would move it to the DeadLetterQueue without the reason.
  if (fetched.isHeldUp && delivery.receiveCount < MAX_RECEIVE_COUNT) throw new LoteHeldUpError(fetched);

  const report = reportOf(message, fetched, isInLedger || mayBeRepeated);
  // The manifest may name the file as it was before. If there is no report, this message makes the collector look.
  const closing = wasThere ? ({ kind: "closing", run: run.run, date: message.date } as const) : undefined;
  const told = report ?? closing;
  if (told) await deadLetterQueue.send([{ body: messageBody(told) }]);
  metrics.add(METRICS.loteDuration, Math.round(performance.now() - startedAt));
  log.info("lote done", {
    ids: message.ids.length,
    stored: fetched.records.size,
    reused: reused.records.size,
    failed: Object.fromEntries(countByReason(fetched.failures)),
    recovered: report?.recovered.length ?? 0,
    ...fetched.traffic,
  });
}

function timesOf({ sentAt }: Delivery, startedOn: Date, { limiter, pause, answer }: Waits, s3Ms: number): LoteTimes {
  return {
    queue: Math.max(0, startedOn.getTime() - sentAt.getTime()),
    limiter: Math.round(limiter),
    pause: Math.round(pause),
    tmdb: Math.round(answer),
    s3: Math.round(s3Ms),
  };
}

function oldestOf(times: FetchTimes): Date | undefined {
  return [...times.values()].sort((a, b) => a.getTime() - b.getTime())[0];
}

interface Fetching {
  readonly movies: MovieSource;
  readonly deadline: number;
  readonly onTrouble: (failure: MovieFailure) => void;
}

async function fetchWhileOpen(
  ids: readonly string[],
  run: string,
  output: DateOutput,
  { movies, deadline, onTrouble }: Fetching,
): Promise<FetchedLote> {
  using watch = new OpenRunWatch(output, run);
  return await fetchLote(ids, movies, deadline, onTrouble, watch.ended);
}

/**
 * The lote is not asked for. But a consumer before this one may have died between its write and its report, and what was reported and sent
 * back was never entered: the collector has to know, or an id would be both stored and failed.
 */
async function dropCancelled(
  message: LoteMessage,
  output: DateOutput,
  { deadLetterQueue, log }: ConsumerDeps,
): Promise<void> {
  const stored = storedIdsOf(message.run, await output.lote(message.lote), message.ids);
  const failures = message.kind === "report" ? message.failures : [];
  const recovered = [...new Set([...recoveredIn(message), ...stored.filter((id) => message.ids.includes(id))])];
  log.warn("lote dropped: its run was cancelled");
  if (failures.length === 0 && recovered.length === 0) return;
  const { run, date, lote, attempts } = message;
  const ids = failures.map(({ id }) => id);
  const report: Report = { kind: "report", run, date, lote, ids, attempts, failures, recovered };
  await deadLetterQueue.send([{ body: messageBody(report) }]);
}

/**
 * Whether the ledger may have entries of the ids. A recovery that is reported without an entry does no harm. One that is not reported leaves an
 * id both stored and failed. A console redrive gives a message a new time and a receive count of 1, but it can't be older than the end of the queuing.
 */
function mayHaveFailedBefore(message: LoteMessage, { receiveCount, sentAt }: Delivery, run: RunInForce): boolean {
  return (
    receiveCount > 1 ||
    mayHaveBeenTried(message) ||
    (run.queued_at !== null && sentAt.getTime() > Date.parse(run.queued_at))
  );
}

/** What the collector has to know, or undefined when there is nothing to say. */
function reportOf(message: LoteMessage, { failures, records }: FetchedLote, repeated: boolean): Report | undefined {
  const { run, date, lote, attempts } = message;
  const recovered = [...recoveredIn(message), ...(repeated ? records.keys() : [])];
  if (failures.length === 0 && recovered.length === 0) return undefined;
  const ids = failures.map(({ id }) => id);
  return { kind: "report", run, date, lote, ids, attempts: attempts + 1, failures, recovered };
}
