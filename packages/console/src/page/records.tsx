import { useEffect, useMemo, useRef } from "preact/hooks";
import type { RunDocument } from "../document.ts";
import { Foreign, formatNumber, plural } from "./format.tsx";
import { type Choice, chosenRows, type Row, rowsOf, SORTS, type Sort } from "./rows.ts";

// A page of them is drawn in some milliseconds, however many ids the run has.
const ROWS_OF_A_PAGE = 50;

/** What the reader has chosen to see. */
export interface TableView extends Choice {
  /** From 0. */
  readonly page: number;
}

export const FIRST_VIEW: TableView = { words: "", kind: "all", sort: "lote", isDescending: false, page: 0 };

interface Props {
  readonly document: RunDocument;
  readonly view: TableView;
  readonly onView: (view: TableView) => void;
  readonly onOpen: (id: string) => void;
}

/** The records and failures, to be searched. */
export function Records({ document, view, onView, onOpen }: Props) {
  const { lotes } = document;
  const rows = useMemo(() => rowsOf({ lotes }), [lotes]);
  const { words, kind, sort, isDescending } = view;
  const chosen = useMemo(
    () => chosenRows(rows, { words, kind, sort, isDescending }),
    [rows, words, kind, sort, isDescending],
  );
  const pages = Math.max(1, Math.ceil(chosen.length / ROWS_OF_A_PAGE));
  const page = Math.min(view.page, pages - 1);
  const change = (changed: Partial<TableView>) => onView({ ...view, page: 0, ...changed });
  return (
    <section aria-labelledby="records-title" id="records">
      <h2 id="records-title">Records and failures</h2>
      <Search view={view} onChange={change} />
      <p class="quiet" role="status">
        {plural(chosen.length, "id")}
        {pages > 1 && `, page ${formatNumber(page + 1)} of ${formatNumber(pages)}`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-labelledby="records-title">
        <table class="records">
          <Head view={view} onChange={change} />
          <tbody>
            {chosen.slice(page * ROWS_OF_A_PAGE, (page + 1) * ROWS_OF_A_PAGE).map((row) => (
              <Line key={`${row.lote} ${row.id}`} row={row} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div class="pages">
          <button type="button" disabled={page === 0} onClick={() => onView({ ...view, page: page - 1 })}>
            Earlier
          </button>
          <button type="button" disabled={page === pages - 1} onClick={() => onView({ ...view, page: page + 1 })}>
            Further
          </button>
        </div>
      )}
    </section>
  );
}

type Change = (changed: Partial<TableView>) => void;

function Search({ view, onChange }: { readonly view: TableView; readonly onChange: Change }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const toSearch = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement || globalThis.document.querySelector("dialog[open]");
      if (event.key !== "/" || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", toSearch);
    return () => removeEventListener("keydown", toSearch);
  }, []);
  return (
    <div class="search">
      <label>
        Search <kbd>/</kbd>
        <input
          ref={input}
          type="search"
          value={view.words}
          placeholder="id, title, year or reason"
          onInput={({ currentTarget }) => onChange({ words: currentTarget.value })}
        />
      </label>
      <fieldset>
        <legend class="unseen">Which ids</legend>
        {(["all", "stored", "failed"] as const).map((kind) => (
          <label key={kind}>
            <input type="radio" name="kind" checked={view.kind === kind} onChange={() => onChange({ kind })} /> {kind}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

const NUMBERS: readonly Sort[] = ["lote", "year", "votes", "revenue"];

function Head({ view, onChange }: { readonly view: TableView; readonly onChange: Change }) {
  return (
    <thead>
      <tr>
        {SORTS.map((sort) => {
          const isSorted = view.sort === sort;
          const order = view.isDescending ? "descending" : "ascending";
          return (
            <th
              key={sort}
              scope="col"
              class={NUMBERS.includes(sort) ? "n" : undefined}
              aria-sort={isSorted ? order : "none"}
            >
              <button
                type="button"
                class="sort"
                onClick={() => onChange({ sort, isDescending: isSorted && !view.isDescending })}
              >
                {sort}
                <span aria-hidden="true">{isSorted ? (view.isDescending ? " ↓" : " ↑") : ""}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

const told = (value: number | null) => (value === null ? "" : formatNumber(value));

function Line({ row, onOpen }: { readonly row: Row; readonly onOpen: (id: string) => void }) {
  return (
    <tr>
      <td class="n">{row.lote}</td>
      <td>
        <button type="button" class="link id" onClick={() => onOpen(row.id)}>
          <Foreign text={row.id} />
        </button>
      </td>
      <td class="title">
        {row.reason === undefined ? <Foreign text={row.title ?? ""} /> : <span class="of-failed">{row.reason}</span>}
      </td>
      <td class="n">{row.year ?? ""}</td>
      <td class="n">{told(row.votes)}</td>
      <td class="n">{row.revenue ? `$${formatNumber(row.revenue)}` : ""}</td>
    </tr>
  );
}
