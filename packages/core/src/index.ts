export { fileChunks } from "./csv/file-chunks.ts";
export { LONGEST_HEADER_BYTES, UnusableCsvError } from "./csv/header.ts";
export { type MovieFilter, REQUIRED_COLUMNS } from "./csv/movie-filter.ts";
export { type Acceptance, rejectionOf } from "./csv/rejection.ts";
export { type OddRows, type Selection, selectIds } from "./csv/select-ids.ts";
export * from "./keys.ts";
export { type CollectorDeps, collect, type DeadLetter } from "./ledger/collect.ts";
export type { FailedId, LedgerEntry } from "./ledger/entry.ts";
export { countStrangers, Ledger, LedgerError } from "./ledger/ledger.ts";
export { type ConsumerDeps, consumeLote, type Delivery, TMDB_TROUBLE } from "./lote/consume.ts";
export { LoteFileError } from "./lote/lote-file.ts";
export { loteWithRecord } from "./lote/lote-with-record.ts";
export type { MovieRecord } from "./lote/movie-record.ts";
export {
  type Failure,
  type LoteMessage,
  MalformedMessageError,
  messageBody,
  parseMessage,
  VERSION_1_ATTEMPTS,
} from "./message.ts";
export { METRIC_DIMENSIONS, METRICS, type Metric, metricsNamespace } from "./metrics.ts";
export * from "./ports.ts";
export { REASONS, type Reason, type ReasonFacts, reasonFacts } from "./reasons.ts";
export { type Account, Accountant, hasFaults, idsLeft } from "./run/account.ts";
export { diagnose, type QueueDepth, type Queues } from "./run/diagnose.ts";
export { type MisplacedInput, misplacedInputs } from "./run/misplaced-inputs.ts";
export { FORCE, type ProducerDeps, produce, type UploadOutcome } from "./run/produce.ts";
export {
  chooseReplay,
  type ReplayChoice,
  type ReplayOutcome,
  replayMessages,
  replayOutcome,
} from "./run/replay.ts";
export { type RunFile, RunFileError, readRun, runId, type Source } from "./run/run-file.ts";
export { TROUBLE_CODES, type Trouble } from "./run/trouble.ts";
export { type Upload, uploadIn } from "./run/upload.ts";
export {
  loadSettings,
  SETTING_NAMES,
  type Settings,
  SettingsError,
  type TmdbSettings,
} from "./settings.ts";
export { PROXY_VARIABLES, type ProxyEnvironment, readProxy } from "./tmdb/proxy.ts";
export * from "./topology.ts";
export { ContentionError } from "./update-object.ts";
