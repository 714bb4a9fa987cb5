import type { RunDocument } from "../document.ts";
import type { ReplayRequest } from "../operations.ts";

/** Where a command is typed, and of which date's run. */
export type Place = Pick<RunDocument, "command" | "date">;

/** Which failures to send back; without any of them, those that a second try can help. */
export type ReplayChosen = Pick<ReplayRequest, "reason" | "ids">;

/** What does the same in a terminal as something on the page; empty where the place can't be reached any more. */
export const commands = {
  ingest: (file: string, place: Place, flags: Iterable<string> = []) => {
    // It must not be taken for an option.
    return line(`ingest ${quoted(file.startsWith("-") ? `./${file}` : file)}`, place, flags);
  },
  replay: ({ reason, ids = [] }: ReplayChosen, place: Place, flags: Iterable<string> = []) => {
    const named = ids.map((id) => ` --id${id.startsWith("-") ? "=" : " "}${quoted(id)}`).join("");
    return line(`replay${reason === undefined ? "" : ` --reason ${reason}`}${named}`, place, flags);
  },
  cancel: (place: Place) => line("cancel", place),
  explain: (id: string, place: Place) => line(`explain ${quoted(id)}`, place),
};

function line(words: string, { command, date }: Place, flags: Iterable<string> = []): string {
  const on = [...flags].map((flag) => ` ${flag}`).join("");
  return command === null ? "" : `${command.name} ${words}${on} --date ${date}${command.flags}`;
}

/** What is not seen, or moves what is: a command that is read must be the one that is typed. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** As a shell takes it for one word. */
function quoted(word: string): string {
  if (/^[\w./-]+$/.test(word)) return word;
  if (!word.match(UNSEEN)) return `'${word.replaceAll("'", "'\\''")}'`;
  const code = (unseen: string) => (unseen.codePointAt(0) ?? 0).toString(16).padStart(8, "0");
  const escaped = word.replaceAll(/[\\']/g, "\\$&").replaceAll(UNSEEN, (unseen) => `\\U${code(unseen)}`);
  return `$'${escaped}'`;
}
