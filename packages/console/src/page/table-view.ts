import type { Choice } from "./rows.ts";

/** What the reader has chosen to see. */
export interface TableView extends Choice {
  /** From 0. */
  readonly page: number;
}

export const FIRST_VIEW: TableView = { words: "", kind: "all", sort: "lote", isDescending: false, page: 0 };
