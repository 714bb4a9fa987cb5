export interface Lote {
  readonly lote: number;
  readonly ids: readonly string[];
}

/** Cuts the ids into lotes: lote N, counted from 1, holds ids (N-1)·size … N·size-1. The last may be shorter. */
export function* cutIntoLotes(ids: Iterable<string>, size: number): Generator<Lote> {
  let lote = 1;
  let some: string[] = [];
  for (const id of ids) {
    some.push(id);
    if (some.length < size) continue;
    yield { lote: lote++, ids: some };
    some = [];
  }
  if (some.length > 0) yield { lote, ids: some };
}
