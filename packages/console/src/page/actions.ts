import type { RunDocument } from "../document.ts";
import type { ReplayRequest } from "../operations.ts";
import type { Action } from "./action-dialog.tsx";
import { cancelRun, ingestCsv, planCsv, planReplay, replay } from "./api.ts";

/** What a command would be called, in the place that the page is of. */
type Place = Pick<RunDocument, "command" | "date">;

export function dropAction(file: File, { command, date }: Place): Action {
  return {
    title: `${file.name}, for ${date}`,
    command: line(command, `ingest ${quoted(file.name)}`, date),
    button: "Drop it",
    plan: () => planCsv(file, date),
    act: () => ingestCsv(file, date),
  };
}

/** @param choice which failures; without any, those that a second try can help */
export function replayAction(choice: Omit<ReplayRequest, "date">, { command, date }: Place): Action {
  const { reason, id } = choice;
  const options = [reason && ` --reason ${reason}`, id && ` --id ${quoted(id)}`].filter(Boolean).join("");
  return {
    title: "Replay",
    command: line(command, `replay${options}`, date),
    button: "Send back",
    plan: () => planReplay({ ...choice, date }),
    act: () => replay({ ...choice, date }),
  };
}

export function cancelAction({ command, date }: Place): Action {
  const lines = [
    "Nothing more is asked for; consumers at work learn of it within two seconds.",
    "What is stored stays, and the rest is counted as cancelled.",
  ];
  return {
    title: `Cancel the run of ${date}`,
    command: line(command, "cancel", date),
    button: "Cancel the run",
    plan: async () => ({ lines, possible: true }),
    act: () => cancelRun(date),
  };
}

function line(command: RunDocument["command"], words: string, date: string): string {
  return command === null ? "" : `${command.name} ${words} --date ${date}${command.flags}`;
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
