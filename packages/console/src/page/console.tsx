import { isRunDate } from "@lotes/core/dataset/run-date";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Action, ActionDialog } from "./action-dialog.tsx";
import { cancelAction, dropAction, replayAction } from "./actions.ts";
import { MAY_CHANGE } from "./api.ts";
import { App, type Controls } from "./app.tsx";
import { CsvDrop } from "./csv-drop.tsx";
import { follow, type Live } from "./live.ts";

/** What the server tells the page of itself. */
export interface ConsoleSettings {
  readonly today: string;
  readonly name: string;
}

/** The address of the page for another date, with the token that this one has. */
const pageOf = (date: string) => `?date=${date}${location.hash}`;

/** The page of a date that follows its run, and from which something can be done. */
export function Console({ today, name }: ConsoleSettings) {
  const wanted = new URLSearchParams(location.search).get("date") ?? "";
  const date = isRunDate(wanted) ? wanted : today;
  const [live, setLive] = useState<Live>({ document: undefined, problem: undefined, isConnected: true });
  const [action, setAction] = useState<Action>();
  useEffect(() => follow(date, setLive), [date]);
  const { document, problem, isConnected } = live;
  const command = document?.command ?? null;
  const place = useMemo(() => ({ command, date }), [command?.name, command?.flags, date]);
  const controls = useMemo(
    (): Controls => ({
      href: pageOf,
      replay: MAY_CHANGE ? (chosen) => setAction(replayAction(chosen, place)) : undefined,
      cancel: MAY_CHANGE ? () => setAction(cancelAction(place)) : undefined,
    }),
    [place],
  );
  const onFile = useCallback((file: File) => setAction(dropAction(file, place)), [place]);
  return (
    <>
      {(problem !== undefined || !isConnected) && (
        <p class="banner" role="alert">
          {problem ??
            "The server does not answer: what is shown is what it said last. The page goes on by itself once it answers."}
        </p>
      )}
      <nav class="tools" aria-label="what can be done">
        <DateChoice date={date} />
        {MAY_CHANGE ? (
          <CsvDrop onFile={onFile} />
        ) : (
          <span class="quiet">To change anything, open the address that the command has printed.</span>
        )}
      </nav>
      {document === undefined ? (
        <p class="top">Reading what is on {name}…</p>
      ) : (
        <App document={document} controls={controls} />
      )}
      {action && <ActionDialog action={action} onClose={() => setAction(undefined)} />}
    </>
  );
}

/** Leads to the page of another date. A date is whole only when its reader says so: while it is typed, it is another one at each key. */
function DateChoice({ date }: { readonly date: string }) {
  const input = useRef<HTMLInputElement>(null);
  const show = (event: SubmitEvent) => {
    event.preventDefault();
    location.search = `?date=${input.current?.value.replaceAll("-", "/")}`;
  };
  return (
    <form onSubmit={show}>
      <label>
        Date <input ref={input} type="date" required defaultValue={date.replaceAll("/", "-")} />
      </label>{" "}
      <button type="submit">Show</button>
    </form>
  );
}
