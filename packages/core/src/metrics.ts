/**
 * What the functions measure. Dashboards and alarms find the numbers under these names and no others.
 */
export const METRICS = {
  /** Ids a CSV has for TMDB. */
  idsSelected: { name: "IdsSelected", unit: "Count" },
  /** Rows of a CSV with more or fewer columns than its header. */
  rowsMalformed: { name: "RowsMalformed", unit: "Count" },
  /** Rows of a CSV whose year or votes are neither a number nor unknown. */
  rowsUnreadable: { name: "RowsUnreadable", unit: "Count" },
  /** Uploads that could not be used. */
  csvRejected: { name: "CsvRejected", unit: "Count" },
  /** Records written into lotes; a lote that is delivered again counts again. */
  recordsStored: { name: "RecordsStored", unit: "Count" },
  /** Entries that are new in a ledger, or that one more deliberate try has failed for; one metric for each reason. */
  idsFailed: { name: "IdsFailed", unit: "Count" },
  /** Requests sent to TMDB, retries among them. */
  requests: { name: "Requests", unit: "Count" },
  retries: { name: "Retries", unit: "Count" },
  /** Answers of 429. */
  rateLimited: { name: "RateLimited", unit: "Count" },
  /** From the delivery of a lote to its last write. */
  loteDuration: { name: "LoteDuration", unit: "Milliseconds" },
} as const;

export type Metric = (typeof METRICS)[keyof typeof METRICS];

/** The dimensions of the metrics: the function that measures, and for `IdsFailed` why. */
export const METRIC_DIMENSIONS = { service: "service", reason: "reason" } as const;

/** Where CloudWatch keeps the metrics of a deployment. */
export function metricsNamespace({ name, stage }: { readonly name: string; readonly stage: string }): string {
  return `${name}/${stage}`;
}
