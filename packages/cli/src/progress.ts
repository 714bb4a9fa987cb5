import type { Account } from "@lotes/core";
import { type Options, SingleBar } from "cli-progress";
import { formatDuration, formatNumber } from "./output.ts";
import { visible } from "./visible.ts";

const FULL = "█";
const EMPTY = "░";
// For a terminal that does not tell its width.
const USUAL_COLUMNS = 80;
const WIDEST_BAR = 30;
// A log of a run without a terminal is read afterwards: a line every two seconds tells enough.
const LINE_EVERY_MS = 2_000;

/** Where progress is shown, such as process.stderr. */
export type Screen = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number };

/** Shows how far a run is: a bar on a terminal, else a line now and then. */
export class Progress {
  readonly #budget: number;
  readonly #out: Screen;
  readonly #bar: SingleBar | undefined;
  #lastLine = "";
  #lastLineAt = Number.NEGATIVE_INFINITY;

  /** @param budget requests per second, to estimate by until there is something to measure */
  constructor(budget: number, out: Screen = process.stderr) {
    this.#budget = budget;
    this.#out = out;
    if (!this.#out.isTTY) return;
    const format: Options["format"] = (_options, _params, { done, text }) => this.#withBar(done, text);
    this.#bar = new SingleBar({
      format,
      stream: this.#out as NodeJS.WriteStream,
      hideCursor: false,
      clearOnComplete: true,
      barsize: 0,
    });
    this.#bar.start(1, 0, { done: 0, text: "reading the CSV" });
  }

  /** @param requests to TMDB so far, where they are known: a deployed stage only tells what came of them */
  show(account: Account, requests?: number): void {
    const { run } = account;
    const accounted = accountedIn(account);
    // The time is counted from the queuing on, since the producer reads the CSV before it.
    const seconds = Math.max(1, (Date.now() - Date.parse(run.queued_at ?? run.started_at)) / 1000);
    const pace =
      requests === undefined
        ? `${formatNumber(rate(accounted, seconds))} ids/s`
        : `${formatNumber(rate(requests, seconds))} req/s`;
    const text = describe(account, pace, secondsLeft(run.ids, accounted, seconds, this.#budget));
    if (this.#bar) this.#bar.update({ done: run.ids === 0 ? 1 : accounted / run.ids, text });
    else this.#line(text);
  }

  /** Tells something beside the progress. */
  note(text: string): void {
    if (this.#bar) this.#out.write("\r\u001b[K");
    this.#out.write(`${visible(text)}\n`);
  }

  end(): void {
    this.#bar?.stop();
  }

  #line(text: string): void {
    if (text === this.#lastLine || performance.now() - this.#lastLineAt < LINE_EVERY_MS) return;
    this.#lastLine = text;
    this.#lastLineAt = performance.now();
    this.#out.write(`${text}\n`);
  }

  #withBar(done: number, text: string): string {
    const columns = this.#out.columns ?? USUAL_COLUMNS;
    const width = Math.max(0, Math.min(WIDEST_BAR, columns - text.length - 2));
    const full = Math.round(width * done);
    // A line that is too long would be drawn below itself instead of over itself.
    return `${FULL.repeat(full)}${EMPTY.repeat(width - full)} ${text}`.slice(0, columns);
  }
}

function rate(count: number, seconds: number): number {
  return Math.round(count / seconds);
}

/** An id that a replay has stored stands in the ledger for some seconds more. */
function accountedIn({ run, stored, failures }: Account): number {
  return Math.min(run.ids, stored + failures.length);
}

function describe(account: Account, pace: string, left: number): string {
  const { run, lotesDone, stored, failures } = account;
  const parts = [
    `lotes ${formatNumber(lotesDone)}/${formatNumber(run.lotes)}`,
    `ids ${formatNumber(accountedIn(account))}/${formatNumber(run.ids)}`,
    `stored ${formatNumber(stored)}`,
    `failed ${formatNumber(failures.length)}`,
    pace,
    `${formatDuration(left)} left`,
  ];
  return parts.join(" · ");
}

/** Estimated by the pace so far, or by the budget as long as no id is accounted for. */
function secondsLeft(ids: number, accounted: number, seconds: number, budget: number): number {
  return accounted === 0 ? ids / budget : ((ids - accounted) * seconds) / accounted;
}
