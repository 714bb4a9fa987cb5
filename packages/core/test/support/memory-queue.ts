import type { MessageQueue, OutgoingMessage } from "../../src/ports.ts";

/** A queue that is looked into by hand. */
export class MemoryQueue implements MessageQueue {
  messages: OutgoingMessage[] = [];

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    this.messages.push(...messages);
  }

  take(): OutgoingMessage[] {
    return this.messages.splice(0);
  }
}
