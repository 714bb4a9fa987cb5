import { outcomeOf } from "@lotes/core/testing/background";
import { inject } from "vitest";
import type { StackGraph } from "./stack-graph.ts";

/** The settings of the stage that was told everything a stage can be told, but for an existing bucket. */
export const TOLD = {
  TMDB_REQUESTS_PER_SECOND: "50",
  CONSUMER_CONCURRENCY: "5",
  GENRES: "crime",
  ALARM_EMAIL: "ops@example.com",
  RESERVE_CONCURRENCY: "false",
  KMS_KEY_ARN: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  PERMISSIONS_BOUNDARY: "arn:aws:iam::123456789012:policy/boundaries/developers",
  GLUE: "false",
  EXPIRE_RECORDS_DAYS: "150",
  // Of the developer's machine.
  TMDB_TOKEN: "of-this-machine",
};

export interface EvaluatedStages {
  readonly dev: StackGraph;
  readonly prod: StackGraph;
  /** A `prod` with the settings above. */
  readonly told: StackGraph;
  /** A `prod` over a bucket that is there already, and notifies nobody. */
  readonly lake: StackGraph;
  /**
   * A `prod` over a bucket that notifies three others, called by EventBridge, with the key and the boundary above.
   * An earlier deployment was called by the bucket.
   */
  readonly shared: StackGraph;
  /** What stops a `prod` whose CONSUMER_CONCURRENCY is 1. */
  readonly oneConsumer: { readonly error: string };
}

/** Waits for the stages to be evaluated. */
export function evaluatedStages(): Promise<EvaluatedStages> {
  return outcomeOf(inject("stages"));
}
