import { refusalIn } from "./outcome.ts";

/** One thing that the pipeline expects of S3 or of SQS. */
export interface Behaviour<Subject> {
  /** What is done, and what is looked at. */
  readonly what: string;
  /** What comes of it on AWS by AWS's own documents, in the words of `observe`; undefined where they say nothing of it. */
  readonly aws: string | undefined;
  /** Where AWS says so. */
  readonly source: string;
  /** Does it, and says what came of it. */
  observe(subject: Subject): Promise<string>;
}

/** What a server made of a behaviour. */
export type Verdict =
  | { readonly kind: "as documented" }
  | { readonly kind: "differs" | "not supported" | "not documented"; readonly came: string };

// The slowest takes a second or two, and a minute on a machine that does much else.
const LIMIT_MS = 120_000;
const UNSUPPORTED =
  /\b501\b|NotImplemented|InvalidAction|UnsupportedOperation|UnknownOperation|not (yet )?(been )?implemented/i;

/** Tries one behaviour. Whatever goes wrong is what came of it. */
export async function judged<Subject>(behaviour: Behaviour<Subject>, subject: Subject): Promise<Verdict> {
  const timeIsUp = new Promise<string>((resolve) => {
    setTimeout(() => resolve(`nothing within ${LIMIT_MS / 1_000} s`), LIMIT_MS).unref();
  });
  const came = await Promise.race([behaviour.observe(subject).catch(refusalIn), timeIsUp]);
  return verdictOn(behaviour.aws, came);
}

export function verdictOn(aws: string | undefined, came: string): Verdict {
  if (came === aws) return { kind: "as documented" };
  if (UNSUPPORTED.test(came)) return { kind: "not supported", came };
  return { kind: aws === undefined ? "not documented" : "differs", came };
}
