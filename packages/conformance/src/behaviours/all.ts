import type { RunningServer, Service } from "../servers/server.ts";
import { type Behaviour, judged, type Verdict } from "./behaviour.ts";
import { S3_CONDITIONS } from "./s3-conditions.ts";
import { S3_LISTS } from "./s3-lists.ts";
import { S3_METADATA } from "./s3-metadata.ts";
import { S3_READING } from "./s3-reading.ts";
import { s3Subject } from "./s3-subject.ts";
import { S3_VERSIONS } from "./s3-versions.ts";
import { SQS_RECEIVING } from "./sqs-receiving.ts";
import { SQS_REDRIVE } from "./sqs-redrive.ts";
import { SQS_SENDING } from "./sqs-sending.ts";
import { sqsSubject } from "./sqs-subject.ts";

/** A group of behaviours, which has a table of its own. */
export interface Theme {
  readonly service: Service;
  readonly title: string;
  readonly behaviours: readonly Pick<Behaviour<never>, "what" | "aws" | "source">[];
}

const S3_THEMES = [
  { title: "S3: conditional writes and removals", behaviours: S3_CONDITIONS },
  { title: "S3: reading", behaviours: S3_READING },
  { title: "S3: lists", behaviours: S3_LISTS },
  { title: "S3: metadata", behaviours: S3_METADATA },
  { title: "S3: versions", behaviours: S3_VERSIONS },
];
const SQS_THEMES = [
  { title: "SQS: sending", behaviours: SQS_SENDING },
  { title: "SQS: receiving", behaviours: SQS_RECEIVING },
  { title: "SQS: dead letters", behaviours: SQS_REDRIVE },
];

export const THEMES: readonly Theme[] = [
  ...S3_THEMES.map((theme) => ({ ...theme, service: "s3" as const })),
  ...SQS_THEMES.map((theme) => ({ ...theme, service: "sqs" as const })),
];

/** What a server made of the behaviours, by what is done. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/**
 * Tries every behaviour of the server's services, one after the other.
 * @param onVerdict told of each
 */
export async function tryBehaviours(
  server: RunningServer,
  services: readonly Service[],
  onVerdict: (what: string, verdict: Verdict) => void,
): Promise<Verdicts> {
  const verdicts = new Map<string, Verdict>();
  const tryAll = async <Subject>(behaviours: readonly Behaviour<Subject>[], subject: Subject) => {
    for (const behaviour of behaviours) {
      const verdict = await judged(behaviour, subject);
      verdicts.set(behaviour.what, verdict);
      onVerdict(behaviour.what, verdict);
    }
  };
  if (services.includes("s3")) {
    using subject = await s3Subject(server);
    await tryAll(
      S3_THEMES.flatMap<Behaviour<typeof subject>>((theme) => theme.behaviours),
      subject,
    );
  }
  if (services.includes("sqs")) {
    using subject = sqsSubject(server);
    await tryAll(
      SQS_THEMES.flatMap<Behaviour<typeof subject>>((theme) => theme.behaviours),
      subject,
    );
  }
  return verdicts;
}
