export { fileChunks } from "./dataset/file-chunks.ts";
export { LONGEST_HEADER_BYTES, UnusableCsvError } from "./dataset/header.ts";
export * from "./dataset/keys.ts";
export { filterIn } from "./dataset/movie-filter.ts";
export { MOVIE_ATTRIBUTES, type MovieRecord, parseMovie, recordLine } from "./dataset/movie-record.ts";
export { ATTRIBUTION, filterInWords, type MovieFilter, moviePath } from "./dataset/movies.ts";
export { type Acceptance, rejectionOf } from "./dataset/rejection.ts";
export * from "./dataset/run-date.ts";
export { type OddRows, type SelectedRow, type Selection, selectIds } from "./dataset/select-ids.ts";
export { type UnselectedRow, unselectedRows } from "./dataset/unselected-rows.ts";
export { earlierRecords, type ReuseRule } from "./files/earlier-records.ts";
export { EditedFileError } from "./files/edited-file-error.ts";
export { areTold } from "./files/fetch-times.ts";
export { countForeignMessages, Ledger, LedgerError } from "./files/ledger.ts";
export type { FailedId, LedgerEntry } from "./files/ledger-entry.ts";
export { type LoteFile, LoteFileError } from "./files/lote-file.ts";
export { isRepeated } from "./files/lote-work.ts";
export { OutputMemory } from "./files/output-memory.ts";
export { type CsvVersion, type RunFile, RunFileError, readRun, runId } from "./files/run-file.ts";
export { ContentionError } from "./files/update-object.ts";
export { METRIC_DIMENSIONS, METRICS, type Metric, metricsNamespace } from "./metrics.ts";
export { type Account, Accountant, hasFaults, idsLeft, type Look } from "./operator/account.ts";
export { cancelRun } from "./operator/cancel-run.ts";
export { declareFinished } from "./operator/declare-finished.ts";
export { cancelledInWords, diagnose, isAnythingIn, type QueueDepth, type Queues } from "./operator/diagnose.ts";
export { type Explanation, explain, type Fate } from "./operator/explain.ts";
export { fateSentences, type Sentence, type ToldFate, type ToldRun } from "./operator/fate-words.ts";
export { gatherLedger } from "./operator/gather-ledger.ts";
export { type LoteReader, loteFileReader, type StoredLote } from "./operator/lote-reader.ts";
export { type MisplacedInput, misplacedInputs } from "./operator/misplaced-inputs.ts";
export { type ReasonWords, reasonWords } from "./operator/reason-words.ts";
export {
  chooseReplay,
  type ReplayChoice,
  type ReplayOutcome,
  replayMessages,
  replayOutcome,
} from "./operator/replay.ts";
export { type DatedManifest, manifestProblems, type RunSummary, runSummaries, settledRuns } from "./operator/runs.ts";
export { TROUBLE_CODES, type Trouble } from "./operator/trouble.ts";
export { type Upload, uploadIn } from "./operator/upload.ts";
export * from "./ports.ts";
export { PROXY_VARIABLES, type ProxyEnvironment, readProxy } from "./proxy.ts";
export { countByReason, REASONS, type Reason, type ReasonFacts, reasonFacts } from "./reasons.ts";
export {
  loadSettings,
  originOf,
  requireToken,
  SETTING_NAMES,
  type Settings,
  SettingsError,
  type TmdbSettings,
} from "./settings.ts";
export { type CollectorDeps, collect, type DeadLetter } from "./stages/collect.ts";
export { type ConsumerDeps, consumeLote, type Delivery, TMDB_TROUBLE } from "./stages/consume.ts";
export {
  type Failure,
  type LoteMessage,
  MalformedMessageError,
  messageBody,
  parseMessage,
  VERSION_1_ATTEMPTS,
} from "./stages/message.ts";
export { FORCE, type ProducerDeps, produce, type UploadOutcome } from "./stages/produce.ts";
export { Stopwatch } from "./stages/stopwatch.ts";
export * from "./topology.ts";
