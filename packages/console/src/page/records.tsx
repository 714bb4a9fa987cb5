import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RunDocument } from "../document.ts";
import { formatNumber, plural } from "./format.tsx";
import { MarkedFailures } from "./marked-failures.tsx";
import { Head, Line } from "./record-lines.tsx";
import { chosenRows, rowsOf } from "./rows.ts";
import type { TableView } from "./table-view.ts";

// A page of them is drawn in some milliseconds, however many ids the run has.
const ROWS_OF_A_PAGE = 50;

interface Props {
  readonly document: RunDocument;
  readonly view: TableView;
  readonly onView: (view: TableView) => void;
  readonly onOpen: (id: string) => void;
  /** Undefined where nothing can be sent. */
  readonly onReplay: ((ids: readonly string[]) => void) | undefined;
}

/** The records and failures, to be searched. Failures can be marked, to be sent back together. */
export function Records({ document, view, onView, onOpen, onReplay }: Props) {
  const { lotes, attributes } = document;
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf({ lotes, attributes }), [lotes]);
  const { words, kind, sort, isDescending } = view;
  const chosen = useMemo(
    () => chosenRows(rows, { words, kind, sort, isDescending }),
    [rows, words, kind, sort, isDescending],
  );
  const failures = useMemo(() => chosen.filter(({ reason }) => reason !== undefined), [chosen]);
  // What was healed meanwhile is not marked any more.
  const failed = useMemo(() => new Set(lotes.flatMap((lote) => lote.failures.map(([id]) => id))), [lotes]);
  const toReplay = [...marked].filter((id) => failed.has(id));
  const marks = onReplay && failed.size > 0 ? { marked, onMark: setMarked } : undefined;
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
      {onReplay && marks && (
        <MarkedFailures found={failures} ids={toReplay} onMark={setMarked} onReplay={() => onReplay(toReplay)} />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="table of records and failures">
        <table class="records">
          <Head view={view} onChange={change} hasMarks={marks !== undefined} />
          <tbody>
            {chosen.slice(page * ROWS_OF_A_PAGE, (page + 1) * ROWS_OF_A_PAGE).map((row) => (
              <Line key={`${row.lote} ${row.id}`} row={row} onOpen={onOpen} marks={marks} />
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div class="pages">
          <button type="button" disabled={page === 0} onClick={() => onView({ ...view, page: page - 1 })}>
            Previous page
          </button>
          <button type="button" disabled={page === pages - 1} onClick={() => onView({ ...view, page: page + 1 })}>
            Next page
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
      const isTyping = event.target instanceof HTMLInputElement && event.target.matches("[type=search], [type=date]");
      if (event.key !== "/" || isTyping || globalThis.document.querySelector("dialog[open]")) return;
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
