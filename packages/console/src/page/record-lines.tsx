import { Foreign, formatNumber } from "./format.tsx";
import { type Row, SORTS, type Sort } from "./rows.ts";
import type { TableView } from "./table-view.ts";

const NUMBERS: readonly Sort[] = ["lote", "year", "votes", "revenue"];

interface HeadProps {
  readonly view: TableView;
  readonly onChange: (changed: Partial<TableView>) => void;
  /** Whether the first column is for marks. */
  readonly hasMarks: boolean;
}

/** The names of the columns, each of which sorts the table. */
export function Head({ view, onChange, hasMarks }: HeadProps) {
  return (
    <thead>
      <tr>
        {hasMarks && <td />}
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

/** Which failures are marked. */
export interface Marks {
  readonly marked: ReadonlySet<string>;
  readonly onMark: (marked: ReadonlySet<string>) => void;
}

interface LineProps {
  readonly row: Row;
  readonly onOpen: (id: string) => void;
  readonly marks: Marks | undefined;
}

/** An id of the table. */
export function Line({ row, onOpen, marks }: LineProps) {
  return (
    <tr>
      {marks && <td>{row.reason !== undefined && <Mark id={row.id} marks={marks} />}</td>}
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

function Mark({ id, marks: { marked, onMark } }: { readonly id: string; readonly marks: Marks }) {
  return (
    <input
      type="checkbox"
      aria-label={`mark ${id}`}
      checked={marked.has(id)}
      onChange={({ currentTarget: { checked } }) =>
        onMark(new Set(checked ? [...marked, id] : [...marked].filter((each) => each !== id)))
      }
    />
  );
}
