import { connect } from "node:net";
import { S3ObjectStore, SqsBacklog, SqsMessageQueue } from "@lotes/aws";
import { type Account, Accountant, type RunDate } from "@lotes/core";
import { type ClientConfig, whereaboutsAt } from "@lotes/local/whereabouts";
import { Resource } from "sst/resource";
import { COMMAND } from "./command-name.ts";
import { announcedAndAlive, type LocalState } from "./local-state.ts";
import { assertLinksReadable } from "./sst-links.ts";
import { noRun, UserError } from "./user-error.ts";

/** The data lake and the queues that a command works on. */
export interface Target extends Disposable {
  /** For people: which stage, or where the local stack is. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly bucket: string;
  /** Beyond what the environment says. */
  readonly clientConfig: Partial<ClientConfig>;
  readonly store: S3ObjectStore;
  readonly loteQueue: SqsMessageQueue;
  readonly loteQueueUrl: string;
  readonly lotes: SqsBacklog;
  readonly deadLetters: SqsBacklog;
}

/**
 * The stage that `sst shell` links to, else the local stack.
 * @throws {SettingsError} when SST's links can't be read
 * @throws {UserError} when there is neither
 */
export async function openTarget(): Promise<Target> {
  assertLinksReadable(process.env);
  if ("App" in Resource) return deployed();
  const state = await runningLocalStack();
  if (state) return local(state);
  throw new UserError(
    `there is no local stack to talk to: start \`${COMMAND} local\` in another terminal, or name a deployed stage with \`--stage prod\``,
    { code: "no_target" },
  );
}

/**
 * The account of a date's run.
 * @throws {UserError} when the date never had one
 */
export async function accountOf({ store, name }: Target, date: RunDate): Promise<Account> {
  const account = await new Accountant(store, date).account();
  if (account === undefined) throw noRun(date, name);
  return account;
}

/**
 * The account of a date's run, of which failures are to be sent back.
 * @param dlq whether the DeadLetterQueue's messages are to be sent: there may be some of a date that never had a run
 * @throws {UserError} when the date never had one
 */
export function accountToReplay(target: Target, date: RunDate, dlq = false): Promise<Account | undefined> {
  return dlq ? new Accountant(target.store, date).account() : accountOf(target, date);
}

/** @throws {UserError} when SST has links of the stage, but not these */
function deployed(): Target {
  const { stage } = Resource.App;
  try {
    const { DataLake, LoteQueue, DeadLetterQueue } = Resource;
    return target(`stage ${stage}`, DataLake.name, LoteQueue.url, DeadLetterQueue.url, {});
  } catch (cause) {
    throw new UserError(
      `stage ${stage} has no data lake or no queues: deploy it with \`npx -y pnpm@10.34.9 sst deploy --stage ${stage}\`, or choose another with --stage`,
      { code: "no_target", cause },
    );
  }
}

/** The local stack at a URL. */
export function local({ url }: Pick<LocalState, "url">): Target {
  const { bucket, queueUrls, clientConfig } = whereaboutsAt(url);
  return target(`the local stack at ${url}`, bucket, queueUrls.LoteQueue, queueUrls.DeadLetterQueue, clientConfig);
}

function target(
  name: string,
  bucket: string,
  loteQueueUrl: string,
  deadLetterQueueUrl: string,
  clientConfig: Partial<ClientConfig>,
): Target {
  const store = new S3ObjectStore(bucket, clientConfig);
  const loteQueue = new SqsMessageQueue(loteQueueUrl, clientConfig);
  const lotes = new SqsBacklog(loteQueueUrl, clientConfig);
  const deadLetters = new SqsBacklog(deadLetterQueueUrl, clientConfig);
  return {
    name,
    isLocal: Object.keys(clientConfig).length > 0,
    bucket,
    clientConfig,
    store,
    loteQueue,
    loteQueueUrl,
    lotes,
    deadLetters,
    [Symbol.dispose]: () => {
      for (const each of [store, loteQueue, lotes, deadLetters]) each.close();
    },
  };
}

/** The state that `lotes local` has written, if that stack still answers. */
async function runningLocalStack(): Promise<LocalState | undefined> {
  const state = announcedAndAlive();
  return state && URL.canParse(state.url) && (await isListening(state.url)) ? state : undefined;
}

/** Whether somebody listens there. Node's `fetch` would tell too, and takes a tenth of a second to load. */
function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(Number(port), hostname, () => resolve(true)).on("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
