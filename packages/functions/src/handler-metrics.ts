import { Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";
import { METRIC_DIMENSIONS, METRICS, type Metric, metricsNamespace, type Reason } from "@lotes/core";
import { Resource } from "sst";
import type { PublishedMetrics } from "./handler-deps.ts";

/** What a handler measures, for CloudWatch: lines of the log in its embedded metric format. */
export class HandlerMetrics implements PublishedMetrics {
  readonly #metrics: PowertoolsMetrics;

  /** @param service the handler's name, and a dimension of all its metrics */
  constructor(service: string) {
    this.#metrics = new PowertoolsMetrics({ namespace: metricsNamespace(Resource.App), serviceName: service });
  }

  add({ name, unit }: Metric, value: number): void {
    this.#metrics.addMetric(name, unit, value);
  }

  addFailed(reason: Reason, ids: number): void {
    const { name, unit } = METRICS.idsFailed;
    // A line of its own: dimensions hold for all metrics of a line.
    this.#metrics.singleMetric().addDimension(METRIC_DIMENSIONS.reason, reason).addMetric(name, unit, ids);
  }

  async publishedAfter<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
    }
  }
}
