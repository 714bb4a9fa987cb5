import { S3ServiceException } from "@aws-sdk/client-s3";
import { SQSServiceException } from "@aws-sdk/client-sqs";
import { ObjectChangedError, UncertainWriteError } from "@lotes/core";

/** In words, what came of a call: what it was to do, or how it was refused. */
export function outcomeOf(call: Promise<unknown>, done: string): Promise<string> {
  return call.then(() => done, refusalIn);
}

/** A refusal in words: the domain's error where it is one, and S3's or SQS's answer. */
export function refusalIn(error: unknown): string {
  if (error instanceof ObjectChangedError) return `changed: ${refusalIn(error.cause)}`;
  if (error instanceof UncertainWriteError) return `uncertain: ${refusalIn(error.cause)}`;
  if (error instanceof S3ServiceException || error instanceof SQSServiceException) {
    return `${error.$metadata.httpStatusCode} ${error.name}`;
  }
  if (!(error instanceof Error)) return String(error);
  // The SDK could not read the answer: not one of AWS's kind.
  const { $response, $responseBodyText = "" } = error as UnreadableAnswer;
  const [words] = error.message.split("\n");
  if (/not (yet )?(been )?implemented|NotImplemented/i.test($responseBodyText))
    return `${$response?.statusCode} NotImplemented`;
  return $response?.statusCode ? `${$response.statusCode} with a body of another kind` : `${error.name}: ${words}`;
}

/** What the SDK leaves with an error about an answer that it could not read. */
interface UnreadableAnswer {
  readonly $response?: { readonly statusCode?: number };
  readonly $responseBodyText?: string;
}

/** How often each of some outcomes came, the most frequent first: `1 written, 19 changed`. */
export function counted(outcomes: readonly string[]): string {
  const counts = Map.groupBy(outcomes, (outcome) => outcome);
  return [...counts]
    .toSorted(([a, those], [b, these]) => these.length - those.length || a.localeCompare(b))
    .map(([outcome, { length }]) => `${length} ${outcome}`)
    .join(", ");
}

/** Says in words which of some facts are not as they should be. */
export function unless(facts: Readonly<Record<string, boolean>>, allRight: string): string {
  const wrong = Object.entries(facts).flatMap(([fact, holds]) => (holds ? [] : [`not: ${fact}`]));
  return wrong.length === 0 ? allRight : wrong.join("; ");
}
