import type { Theme, Verdicts } from "./behaviours/all.ts";
import type { Verdict } from "./behaviours/behaviour.ts";
import type { Server } from "./servers/server.ts";

/** A server that was tried, and what it made of the behaviours. */
export interface Tried {
  readonly server: Pick<Server, "name" | "version" | "services">;
  readonly verdicts: Verdicts;
}

const SAYS_NOTHING = "says nothing";

/** The table of a theme in Markdown: a behaviour a row, a server a column. */
export function themeTable({ service, behaviours }: Theme, tried: readonly Tried[]): string {
  const columns = tried.filter(({ server }) => server.services.includes(service));
  const rows = behaviours.map(({ what, aws, source }) => [
    what,
    `${aws === undefined ? SAYS_NOTHING : inCode(aws)} (${source})`,
    ...columns.map(({ verdicts }) => cellOf(verdicts.get(what))),
  ]);
  return table(["what", "AWS", ...columns.map(({ server }) => server.name)], rows);
}

/** How many behaviours are as documented, of those that are documented. */
export function scoreOf(service: Theme["service"], themes: readonly Theme[], { verdicts }: Tried): string {
  const documented = themes
    .filter((theme) => theme.service === service)
    .flatMap(({ behaviours }) => behaviours.filter(({ aws }) => aws !== undefined));
  const right = documented.filter(({ what }) => verdicts.get(what)?.kind === "as documented");
  return `${right.length} of ${documented.length}`;
}

/** A table in Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.map(inCell).join(" | ")} |`).join("\n");
}

function cellOf(verdict: Verdict | undefined): string {
  if (verdict === undefined) return "not tried";
  if (verdict.kind === "as documented") return "✓";
  if (verdict.kind === "not supported") return `not supported: ${inCode(verdict.came)}`;
  return inCode(verdict.came);
}

function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

function inCell(text: string): string {
  return text.replaceAll("\n", " ").replaceAll("|", "\\|");
}
