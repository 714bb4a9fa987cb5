import { COMMAND } from "./command-name.ts";

/** JavaScript's own names of errors. An error of such a name is a bug, unless it has a code of the operating system. */
const NAMES_OF_BUGS = new Set([
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].map(
    (of) => of.name,
  ),
  "AssertionError",
  "ZodError",
]);

// Node's own codes mean a bug, except for those that concern the other side of a connection.
const CODE_OF_BUGS = /^ERR_(?!PROXY_|SSL_|TLS_)/;

// The SDK's error for this has neither a name nor a code.
const NO_REGION = "Region is missing";

/** What to do about errors, by their names and codes. AWS's are in the documentation of its services, "Common errors". */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /ProviderError$|^(ExpiredToken(Exception)?|InvalidToken|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure|MissingAuthenticationToken)$/,
    "log in to AWS again (`aws sso login`, or `aws configure`), and set AWS_PROFILE if you use one; `aws sts get-caller-identity` tells who you are",
  ],
  [
    /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException)$/,
    "see whether this machine's clock is right",
  ],
  [
    /^(AccessDenied(Exception)?|Forbidden|UnauthorizedOperation|KMS\.AccessDeniedException)$/,
    "ask for the permission, or log in to AWS as somebody who has it",
  ],
  [
    /^(NoSuchBucket|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|ResourceNotFoundException)$/,
    "the stage was removed, or it is in another account or region: see --stage, AWS_PROFILE and AWS_REGION",
  ],
  [
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|Region is missing)$/,
    "set AWS_REGION to the region that the stage was deployed to",
  ],
  [
    /^(SlowDown|Throttling(Exception)?|ThrottledException|RequestThrottled|TooManyRequestsException|ServiceUnavailable|InternalError|InternalFailure)$/,
    "try again in a minute",
  ],
  [
    /^(E?TIMEDOUT|TimeoutError|ENOTFOUND|EAI_AGAIN|ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)UNREACH|ENETDOWN|UND_ERR_.*|ERR_(PROXY|SSL|TLS)_.*|.*CERT.*|UNABLE_TO_.*)$/,
    `see whether \`${COMMAND} local\` is still up or, for a stage, whether this machine reaches AWS`,
  ],
  [/^E(ACCES|PERM|ROFS)$/, "see who may read or write it"],
  [/^(ENOSPC|EDQUOT)$/, "make room on the disk"],
  [/^uv_cwd$/, "this folder was removed: go to one that is there"],
  [/^E[MN]FILE$/, "allow more open files: `ulimit -n 4096`"],
];

/**
 * Why a command failed, when that is outside this program: AWS, the network, the operating system, or a file that somebody else wrote. A
 * kind of error with a name of its own was foreseen by whoever named it, and its message tells what happened: a stack would not help.
 * @returns one line that says what happened and, as far as that is known, what to do; undefined for a bug
 */
export function outsideError(error: Error): string | undefined {
  const chain = causesOf(error);
  const known = chain.find(isForeseen);
  if (known === undefined) return undefined;
  const { name, message } = chain.find(({ message }) => message !== "") ?? known;
  const words = NAMES_OF_BUGS.has(name) ? message : `${name}: ${message}`;
  const signs = chain.flatMap(signsOf);
  const advice = ADVICE.find(([sign]) => signs.some((each) => sign.test(each)))?.[1];
  return [words.trim().replaceAll(/\s+/g, " ") || String(codeOf(known)), ...(advice ? [advice] : [])].join("; ");
}

/** An error, and what has led to it. A connection that was tried at several addresses has an error for each. */
function causesOf(error: Error): Error[] {
  const chain: Error[] = [];
  for (let next: unknown = error; next instanceof Error && !chain.includes(next); ) {
    chain.push(next);
    next = next instanceof AggregateError ? next.errors[0] : next.cause;
  }
  return chain;
}

function isForeseen(error: Error): boolean {
  const code = codeOf(error);
  if (code !== undefined) return !CODE_OF_BUGS.test(code);
  return "$metadata" in error || !NAMES_OF_BUGS.has(error.name) || error.message === NO_REGION;
}

function signsOf(error: Error): string[] {
  const { syscall = "" }: NodeJS.ErrnoException = error;
  return [error.name, codeOf(error) ?? "", syscall, error.message === NO_REGION ? NO_REGION : ""];
}

/** AWS's errors have theirs as a name and, of S3 and of SQS, in `Code` too. */
function codeOf(error: Error): string | undefined {
  const { code, Code } = error as Error & { code?: unknown; Code?: unknown };
  return [code, Code].find((each) => typeof each === "string");
}
