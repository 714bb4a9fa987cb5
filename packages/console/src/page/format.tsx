const number = new Intl.NumberFormat("en");
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const instant = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function formatNumber(value: number): string {
  return number.format(value);
}

export function formatTenths(value: number): string {
  return tenths.format(value);
}

/** `1 id`, `2 ids`. */
export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

const LONGEST_IN_SECONDS = 120;

export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${formatTenths(seconds)} s`;
  if (seconds < LONGEST_IN_SECONDS) return `${Math.round(seconds)} s`;
  return seconds < 2 * 3_600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

/** An instant in the reader's zone; the pointer tells it in UTC. */
export function Time({ at }: { readonly at: string }) {
  const date = new Date(at);
  const utc = `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return (
    <time dateTime={at} title={utc}>
      {instant.format(date)}
    </time>
  );
}

/** A text of TMDB's or of a CSV: what it does to the direction of text ends with it. */
export function Foreign({ text }: { readonly text: string }) {
  return <bdi>{text}</bdi>;
}

/** A command that does the same in a terminal. */
export function Typed({ line }: { readonly line: string }) {
  return <code class="typed">{line}</code>;
}
