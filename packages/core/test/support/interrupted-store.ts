import type { NewObject } from "../../src/ports.ts";
import { MemoryStore } from "./memory-store.ts";

/** Lets somebody else act between what was looked at before the first write of an object and that write. */
export class InterruptedStore extends MemoryStore {
  interrupt: (() => Promise<unknown>) | undefined;
  readonly #key: string;

  constructor(key: string) {
    super();
    this.#key = key;
  }

  override async putIf(key: string, expectedEtag: string | undefined, object: NewObject): Promise<string> {
    const { interrupt } = this;
    if (key === this.#key && interrupt !== undefined) {
      this.interrupt = undefined;
      await interrupt();
    }
    return super.putIf(key, expectedEtag, object);
  }
}
