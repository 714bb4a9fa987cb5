import { dateOfInputKey, inputKey, type ProducerDeps, produce, runId } from "@lotes/core";
import type { Context } from "aws-lambda";
import type { HandlerLogger, PublishedMetrics } from "./handler-deps.ts";
import { uploadsIn } from "./uploads.ts";

export interface ProducerHandlerDeps extends Omit<ProducerDeps, "log" | "metrics"> {
  readonly logger: HandlerLogger;
  readonly metrics: PublishedMetrics;
}

/** An event tells of a new object, but not which. Lambda keeps it with the events that failed for good. */
export class UnreadableEventError extends Error {
  override readonly name = "UnreadableEventError";

  constructor(whatIsWrong: readonly string[]) {
    super(`the event can't be read: ${whatIsWrong.join("; ")}. Upload the CSV again`);
  }
}

/** The bucket has a new movies.csv, as S3 or EventBridge tells: its lotes are to be queued. A failure is Lambda's to retry. */
export function producerHandler({ logger, metrics, ...deps }: ProducerHandlerDeps) {
  return async (event: unknown, { awsRequestId: request }: Pick<Context, "awsRequestId">): Promise<void> => {
    const unreadable: string[] = [];
    for (const told of uploadsIn(event)) {
      if ("unreadable" in told) {
        unreadable.push(told.unreadable);
        continue;
      }
      if ("ignored" in told) {
        logger.createChild({ persistentKeys: { request } }).warn(`ignored: ${told.ignored}`);
        continue;
      }
      const { upload } = told;
      const log = logger.createChild({ persistentKeys: { key: upload.key, request } });
      const date = dateOfInputKey(upload.key);
      if (date === undefined) {
        log.warn(`ignored: the key is not of the form ${inputKey("{yyyy}/{mm}/{dd}")}`);
        continue;
      }
      log.appendKeys({ date, run: runId(upload) });
      await metrics.publishedAfter(() => produce(upload, date, { ...deps, log, metrics }));
    }
    if (unreadable.length > 0) throw new UnreadableEventError(unreadable);
  };
}
