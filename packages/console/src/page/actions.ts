import type { Action, Flag } from "./action-dialog.tsx";
import { cancelRun, ingestCsv, planCsv, planReplay, replay } from "./api.ts";
import { commands, type Place, type ReplayChosen } from "./commands.ts";

const FORCE: Flag = { name: "--force", label: "use it all the same", plansAnew: false };
const ALL: Flag = { name: "--all", label: "also those that a second try can't help", plansAnew: true };
const DLQ: Flag = { name: "--dlq", label: "also the messages that are still in the DeadLetterQueue", plansAnew: true };

export function dropAction(file: File, place: Place): Action {
  const { date } = place;
  return {
    title: `${file.name}, for ${date}`,
    flags: [FORCE],
    button: "Drop it",
    command: (flags) => commands.ingest(file.name, place, flags),
    plan: () => planCsv(file, date),
    act: (flags) => ingestCsv(file, date, flags.has(FORCE.name)),
  };
}

export function replayAction(chosen: ReplayChosen, place: Place): Action {
  const isChosen = chosen.reason !== undefined || chosen.ids !== undefined;
  const request = (flags: ReadonlySet<string>) => {
    return { ...chosen, date: place.date, all: flags.has(ALL.name), dlq: flags.has(DLQ.name) };
  };
  return {
    title: "Replay",
    // What is named by a reason or by its id is sent whether a second try can help or not.
    flags: isChosen ? [DLQ] : [ALL, DLQ],
    button: "Send back",
    command: (flags) => commands.replay(chosen, place, flags),
    plan: (flags) => planReplay(request(flags)),
    act: (flags) => replay(request(flags)),
  };
}

export function cancelAction(place: Place): Action {
  const lines = [
    "Nothing more is asked for; consumers at work learn of it within two seconds.",
    "What is stored stays, and the rest is counted as cancelled.",
  ];
  return {
    title: `Cancel the run of ${place.date}`,
    flags: [],
    button: "Cancel the run",
    command: () => commands.cancel(place),
    plan: async () => ({ lines, possible: true }),
    act: () => cancelRun(place.date),
  };
}
