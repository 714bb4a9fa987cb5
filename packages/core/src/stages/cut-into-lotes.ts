export interface Lote {
  readonly lote: number;
  readonly ids: readonly string[];
}

/** Cuts the ids into lotes: lote N, counted from 1, holds ids (N-1)·size … N·size-1. The last may be shorter. */
export function cutIntoLotes(ids: readonly string[], size: number): Lote[] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ({
    lote: index + 1,
    ids: ids.slice(index * size, (index + 1) * size),
  }));
}
