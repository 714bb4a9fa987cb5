import {
  type Account,
  Accountant,
  countByReason,
  countForeignMessages,
  diagnose,
  type FolderStore,
  idsLeft,
  inputKey,
  type LoteFile,
  loteFileReader,
  MOVIE_ATTRIBUTES,
  manifestProblems,
  type Queues,
  type RunDate,
  reasonFacts,
  reasonWords,
  runSummaries,
  settledRuns,
  type Trouble,
} from "@lotes/core";
import { DOCUMENT_VERSION, type RunDocument, type RunPart } from "./document.ts";
import { LoteParts } from "./lote-part.ts";

/** Where a run is looked at. */
export interface RunPlace {
  /** For people: the stage, or where the local stack is. */
  readonly name: string;
  readonly bucket: string;
  readonly store: FolderStore;
  /** How many messages the queues have; undefined where they are gone. */
  readonly queues?: () => Promise<Queues>;
  /** How `lotes` is called there; undefined where it can't be reached any more. */
  readonly command?: { readonly name: string; readonly flags: string };
  /** Requests to TMDB a second. */
  readonly budget: number;
}

// Of a queue that is gone nothing more comes.
const EMPTY: Queues = { lotes: { visible: 0, inFlight: 0 }, deadLetters: { visible: 0, inFlight: 0 } };

/** Reads what the page shows, again and again if need be: a file that did not change since the last time is not read again. */
export class RunReader {
  readonly #place: RunPlace;
  readonly #date: RunDate;
  readonly #accountant: Accountant<LoteFile>;
  readonly #parts = new LoteParts();
  #runs: { readonly after: string; readonly found: RunDocument["runs"]; readonly troubles: Trouble[] } | undefined;

  constructor(place: RunPlace, date: RunDate) {
    this.#place = place;
    this.#date = date;
    this.#accountant = new Accountant(place.store, date, loteFileReader(place.store, date));
  }

  /**
   * @throws {RunFileError}
   * @throws {LedgerError}
   * @throws {LoteFileError}
   */
  async document(now: Date): Promise<RunDocument> {
    const { name, bucket, queues, command, budget } = this.#place;
    const [look, depths] = await Promise.all([this.#accountant.look(), queues?.()]);
    const { account, lotes = [] } = look ?? {};
    const history = await this.#history(account);
    // What is wrong with the manifest of the date itself is told with the account.
    const isOfOther = ({ message }: Trouble) => message !== `${this.#date}: ${account?.manifestProblem}`;
    return {
      version: DOCUMENT_VERSION,
      date: this.#date,
      place: name,
      taken_at: now.toISOString(),
      command: command ?? null,
      budget,
      run: account === undefined ? null : runPart(account, `s3://${bucket}/${inputKey(this.#date)}`),
      queues: depths ? queuesPart(depths) : null,
      troubles: [...(account ? diagnose(account, depths ?? EMPTY, now) : []), ...history.troubles.filter(isOfOther)],
      runs: history.found,
      attributes: MOVIE_ATTRIBUTES,
      lotes: this.#parts.of(lotes, account?.failures ?? []),
    };
  }

  /** The runs of all dates are read anew when the one that is looked at has settled anew. */
  async #history(account: Account | undefined) {
    const after = `${account?.run.run} ${account?.manifest?.revision}`;
    if (this.#runs?.after !== after) {
      const dated = await settledRuns(this.#place.store);
      this.#runs = { after, found: runSummaries(dated).map(summaryPart), troubles: manifestProblems(dated) };
    }
    return this.#runs;
  }
}

function runPart(account: Account, input: string): RunPart {
  const { run, stored, failures, cancelled, settled, finishedAt, malformedMessages } = account;
  return {
    run: run.run,
    status: run.status,
    input,
    rows: run.rows,
    malformed: run.malformed,
    unreadable: run.unreadable,
    ids: run.ids,
    lotes: run.lotes,
    started_at: run.started_at,
    queued_at: run.queued_at,
    finished_at: finishedAt?.toISOString() ?? null,
    cancelled_at: run.status === "cancelled" ? run.cancelled_at : null,
    error: run.error,
    settled,
    stored,
    failed: failures.length,
    cancelled,
    left: idsLeft(account),
    malformed_messages: countForeignMessages(malformedMessages),
    reasons: countByReason(failures).map(([reason, count]) => {
      const { meaning, advice } = reasonWords(reason);
      return { reason, count, meaning, advice, retryable: reasonFacts(reason).retryable };
    }),
  };
}

function summaryPart({
  date,
  run,
  ids,
  stored,
  failed,
  reused,
  requests,
  seconds,
  finished_at,
}: RunDocument["runs"][number]) {
  return { date, run, ids, stored, failed, reused, requests, seconds, finished_at };
}

function queuesPart({ lotes, deadLetters }: Queues): NonNullable<RunDocument["queues"]> {
  const part = ({ visible, inFlight }: Queues["lotes"]) => ({ visible, in_flight: inFlight });
  return { lotes: part(lotes), dead_letters: part(deadLetters) };
}
