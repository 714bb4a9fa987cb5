import type { VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { LotePart, RunDocument, RunPart } from "../document.ts";
import { formatDuration, formatNumber, plural } from "./format.tsx";
import { LOTE_STATES, type LoteState, loteState } from "./lote-state.ts";

interface Cell {
  readonly lote: number;
  readonly state: LoteState;
  readonly part: LotePart | undefined;
  /** What it says to the pointer and to who listens. */
  readonly words: string;
}

interface Props {
  readonly document: RunDocument;
  readonly run: RunPart;
  readonly onOpen: (lote: number) => void;
}

// Cells that show their numbers need room.
const MOST_NUMBERED = 60;
const MOST_MIDDLE = 300;

/** The lotes as a grid, one cell each. One cell is on the way of the Tab key; the arrow keys go from there. */
export function LoteGrid({ document, run, onOpen }: Props) {
  const before = useRef<readonly Cell[]>([]);
  const cells = useMemo(() => cellsOf(document, run, before.current), [document.lotes, run.lotes, run.status]);
  before.current = cells;
  const [focused, setFocused] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const drawn = useMemo(() => new DrawnCells(setFocused, onOpen), [onOpen]);
  const size = cells.length <= MOST_NUMBERED ? "large" : cells.length <= MOST_MIDDLE ? "middle" : "small";
  const atWork = document.queues?.lotes.in_flight ?? 0;

  const move = (event: KeyboardEvent) => {
    const buttons = grid.current?.children;
    if (!buttons) return;
    const to = target(event.key, focused, columnsOf(buttons), cells.length);
    if (to === undefined) return;
    event.preventDefault();
    setFocused(to);
    (buttons[to] as HTMLElement).focus();
  };
  return (
    <section aria-labelledby="lotes-title">
      <h2 id="lotes-title">Lotes</h2>
      <Legend cells={cells} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form */}
      <div
        class={`lotes ${size}`}
        ref={grid}
        role="group"
        aria-label="lotes; arrow keys go through them"
        onKeyDown={move}
      >
        {cells.map((cell, index) =>
          drawn.cell(cell, index, size === "large", index === Math.min(focused, cells.length - 1)),
        )}
      </div>
      {atWork > 0 && !run.settled && (
        <p class="quiet">
          {plural(atWork, "lote")} with a consumer or hidden after a failure,{" "}
          {formatNumber(document.queues?.lotes.visible ?? 0)} waiting in the queue. SQS counts approximately, and does
          not tell which.
        </p>
      )}
    </section>
  );
}

/** Draws a cell anew only when it has changed: of a thousand cells an update changes a few. */
class DrawnCells {
  readonly #onFocus: (index: number) => void;
  readonly #onOpen: (lote: number) => void;
  readonly #known = new WeakMap<Cell, { readonly looks: string; readonly drawn: VNode }>();

  constructor(onFocus: (index: number) => void, onOpen: (lote: number) => void) {
    this.#onFocus = onFocus;
    this.#onOpen = onOpen;
  }

  /** @param isNext whether the Tab key leads to it */
  cell(cell: Cell, index: number, isNumbered: boolean, isNext: boolean): VNode {
    const looks = `${isNumbered} ${isNext}`;
    const known = this.#known.get(cell);
    // What is drawn already is not even compared.
    if (known?.looks === looks) return known.drawn;
    const drawn = this.#draw(cell, index, isNumbered, isNext);
    this.#known.set(cell, { looks, drawn });
    return drawn;
  }

  #draw(cell: Cell, index: number, isNumbered: boolean, isNext: boolean): VNode {
    return (
      <button
        key={cell.lote}
        type="button"
        class={`cell fill-${cell.state.replace(" ", "-")}`}
        tabIndex={isNext ? 0 : -1}
        title={cell.words}
        aria-label={cell.words}
        onFocus={() => this.#onFocus(index)}
        onClick={() => this.#onOpen(cell.lote)}
      >
        <FailedShare part={cell.part} state={cell.state} />
        {isNumbered && <span class="number">{cell.lote}</span>}
      </button>
    );
  }
}

/** @param before a cell that did not change is the same object as there */
function cellsOf({ lotes }: RunDocument, run: RunPart, before: readonly Cell[]): Cell[] {
  const parts = new Map(lotes.map((part) => [part.lote, part]));
  return Array.from({ length: run.lotes }, (_, index) => {
    const part = parts.get(index + 1);
    const state = loteState(part, run);
    const known = before[index];
    if (known !== undefined && known.part === part && known.state === state) return known;
    return { lote: index + 1, state, part, words: inWords(index + 1, state, part) };
  });
}

function Legend({ cells }: { readonly cells: readonly Cell[] }) {
  const counts = Map.groupBy(cells, ({ state }) => state);
  return (
    <ul class="legend">
      {LOTE_STATES.filter((state) => counts.has(state)).map((state) => (
        <li key={state}>
          <i class={`swatch fill-${state.replace(" ", "-")}`} /> {formatNumber(counts.get(state)?.length ?? 0)} {state}
        </li>
      ))}
    </ul>
  );
}

/** How much of a lote has failed, as a part of its cell. */
function FailedShare({ part, state }: Pick<Cell, "part" | "state">) {
  if (state !== "partly failed" || part === undefined) return null;
  const share = part.failures.length / (part.failures.length + part.records.length);
  // A single failure of a hundred has to be seen.
  return <span class="share fill-failed" style={{ height: `${Math.max(20, Math.round(share * 100))}%` }} />;
}

function inWords(lote: number, state: LoteState, part: LotePart | undefined): string {
  if (part === undefined) return `lote ${lote}: ${state}`;
  const { records, failures, open, work } = part;
  const numbers = [
    `${formatNumber(records.length)} stored`,
    ...(failures.length > 0 ? [`${formatNumber(failures.length)} failed`] : []),
    ...(open.length > 0 ? [`${formatNumber(open.length)} unheard of`] : []),
    ...(work !== null && work.reused > 0 ? [`${formatNumber(work.reused)} reused`] : []),
    ...(work === null ? [] : [plural(work.requests, "request")]),
    ...(work !== null && work.retries > 0 ? [`${formatNumber(work.retries)} again`] : []),
    ...(work !== null && work.rate_limited > 0 ? [`${formatNumber(work.rate_limited)} answers of 429`] : []),
    ...(work === null || work.repeated ? [] : [secondsOf(work)]),
  ];
  return `lote ${lote}: ${state}; ${numbers.join(", ")}`;
}

function secondsOf({ started_at, ended_at }: NonNullable<LotePart["work"]>): string {
  return formatDuration((Date.parse(ended_at) - Date.parse(started_at)) / 1000);
}

/** How many cells are in a line of the grid. */
function columnsOf(cells: HTMLCollection): number {
  const top = (cells[0] as HTMLElement | undefined)?.offsetTop;
  const below = [...cells].findIndex((cell) => (cell as HTMLElement).offsetTop !== top);
  return below < 0 ? cells.length : below;
}

function target(key: string, from: number, columns: number, count: number): number | undefined {
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const to = from + (steps[key] ?? Number.NaN);
  return to >= 0 && to < count ? to : undefined;
}
