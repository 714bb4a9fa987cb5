import { LookedLotes } from "./looked-lotes.ts";
import { WrittenParts } from "./written-parts.ts";

/** What a process remembers of dates' outputs, for the whole of its life. */
export class OutputMemory {
  readonly written = new WrittenParts();
  readonly looked = new LookedLotes();
}
