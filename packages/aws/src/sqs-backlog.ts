import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type DeleteMessageBatchCommandOutput,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";
import { CALL_TIMEOUTS } from "./call-timeouts.ts";

/** What became of messages that were to be moved. */
export interface MoveOutcome {
  readonly moved: number;
  /** Refused by the other queue; they stay where they are. */
  readonly notMoved: number;
  /** Accepted by the other queue, but they will appear here once more. */
  readonly sentButNotDeleted: number;
  /** What SQS said of the first that went wrong. */
  readonly problem?: string;
}

/** What came of a batch: how many entries SQS accepted, and why not all. */
interface Outcome {
  readonly accepted: Message[];
  readonly problem?: string | undefined;
}

// SQS hands out and takes no more at a time.
const BATCH = 10;
// A queue that answers empty for a second is empty: SQS asks all of its servers in a long poll.
const WAIT_SECONDS = 1;
// How far this machine's clock may be behind SQS's. Clocks that are set over the network differ by less.
const CLOCKS_DIFFER_MS = 2_000;

/** What stands in an SQS queue, for an operator. */
export class SqsBacklog {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(url: string, config: SQSClientConfig = {}) {
    this.#client = new SQSClient({ ...CALL_TIMEOUTS, ...config });
    this.#url = url;
  }

  /** Approximately: SQS counts on several servers. */
  async depth(): Promise<{ visible: number; inFlight: number; delayed?: number }> {
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#url,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed",
        ],
      }),
    );
    const delayed = Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0);
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      ...(delayed > 0 && { delayed }),
    };
  }

  /**
   * Moves every message that can be received to another queue, as it is. A message is sent first and deleted only once the other queue
   * has accepted it: it may be in both for a while, and never in none. Messages that are sent meanwhile stay: whoever works on those that
   * were moved may answer each of them with another one here, and there would be no end.
   */
  async moveAllTo(url: string): Promise<MoveOutcome> {
    const sum = { moved: 0, notMoved: 0, sentButNotDeleted: 0 };
    const seen = new Set<string | undefined>();
    const latest = Date.now() + CLOCKS_DIFFER_MS;
    for (;;) {
      const { Messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url,
          MaxNumberOfMessages: BATCH,
          WaitTimeSeconds: WAIT_SECONDS,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["SentTimestamp"],
        }),
      );
      const isLater = ({ Attributes }: Message) => Number(Attributes?.SentTimestamp) > latest;
      await this.#giveBack(Messages.filter(isLater));
      // A message that comes back meanwhile was counted already.
      const fresh = Messages.filter((message) => !isLater(message) && !seen.has(message.MessageId));
      if (fresh.length === 0) return sum;
      for (const { MessageId } of fresh) seen.add(MessageId);
      const sent = await this.#send(url, fresh);
      const deleted = await this.#delete(sent.accepted);
      sum.moved += deleted.accepted.length;
      sum.notMoved += fresh.length - sent.accepted.length;
      sum.sentButNotDeleted += sent.accepted.length - deleted.accepted.length;
      // What stopped this batch will stop the others too.
      const problem = sent.problem ?? deleted.problem;
      if (problem !== undefined) return { ...sum, problem };
    }
  }

  close(): void {
    this.#client.destroy();
  }

  #send(url: string, messages: readonly Message[]): Promise<Outcome> {
    return outcomeOf(messages, () =>
      this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: messages.map(({ Body, MessageAttributes = {} }, index) => ({
            Id: String(index),
            MessageBody: Body,
            MessageAttributes,
          })),
        }),
      ),
    );
  }

  /** Lets messages be received by others at once. Where that fails they are hidden until their visibility timeout. */
  async #giveBack(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = entriesOf(messages).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    await this.#client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries })).catch(() => {});
  }

  async #delete(messages: readonly Message[]): Promise<Outcome> {
    if (messages.length === 0) return { accepted: [] };
    return outcomeOf(messages, () =>
      this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: entriesOf(messages),
        }),
      ),
    );
  }
}

function entriesOf(messages: readonly Message[]) {
  return messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
}

/** What became of each message of a batch, also when the call failed as a whole. */
async function outcomeOf(
  messages: readonly Message[],
  call: () => Promise<DeleteMessageBatchCommandOutput | SendMessageBatchCommandOutput>,
): Promise<Outcome> {
  try {
    const { Successful = [], Failed = [] } = await call();
    const accepted = new Set(Successful.map(({ Id }) => Id));
    return {
      accepted: messages.filter((_, index) => accepted.has(String(index))),
      problem: Failed[0]?.Message ?? Failed[0]?.Code,
    };
  } catch (error) {
    return { accepted: [], problem: (error as Error).message };
  }
}
