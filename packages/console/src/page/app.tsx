import type { Reason } from "@lotes/core";
import { useState } from "preact/hooks";
import type { RunDocument } from "../document.ts";
import { Failures } from "./failures.tsx";
import { Time } from "./format.tsx";
import { Hero } from "./hero.tsx";
import { LoteDialog } from "./lote-dialog.tsx";
import { LoteGrid } from "./lote-grid.tsx";
import { RateSection } from "./rate-chart.tsx";
import { FIRST_VIEW, Records, type TableView } from "./records.tsx";
import { Runs } from "./runs.tsx";
import { StoryDialog } from "./story-dialog.tsx";

/** What lies above the page. */
type Opened = { readonly id: string } | { readonly lote: number } | undefined;

/** What can be done from the page; a report can do nothing. */
export interface Controls {
  /** The page of another date. */
  readonly href?: ((date: string) => string) | undefined;
  readonly replay?: ((choice: { readonly reason?: Reason; readonly id?: string }) => void) | undefined;
  readonly cancel?: (() => void) | undefined;
}

interface Props {
  readonly document: RunDocument;
  readonly controls: Controls;
}

/** The page of a run. */
export function App({ document, controls }: Props) {
  const [view, setView] = useState<TableView>(FIRST_VIEW);
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const { run, troubles } = document;
  return (
    <>
      <Header document={document} />
      <main>
        <Hero document={document} onCancel={controls.cancel} />
        {troubles.length > 0 && (
          <ul class="troubles">
            {troubles.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        )}
        {run && (
          <div class="columns">
            <div class="column">
              <LoteGrid document={document} run={run} onOpen={(lote) => setOpened({ lote })} />
              <Failures
                document={document}
                run={run}
                onReplay={controls.replay && ((reason) => controls.replay?.({ reason }))}
                onShow={(reason) => {
                  setView({ ...FIRST_VIEW, words: reason, kind: "failed" });
                  globalThis.document.getElementById("records")?.scrollIntoView();
                }}
              />
            </div>
            <div class="column">
              <RateSection document={document} />
              <Runs document={document} href={controls.href} />
            </div>
          </div>
        )}
        {run && <Records document={document} view={view} onView={setView} onOpen={(id) => setOpened({ id })} />}
      </main>
      {opened && "id" in opened && (
        <StoryDialog
          key={opened.id}
          id={opened.id}
          document={document}
          onClose={close}
          onOpenLote={(lote) => setOpened({ lote })}
          onReplay={
            controls.replay &&
            ((id) => {
              close();
              controls.replay?.({ id });
            })
          }
        />
      )}
      {opened && "lote" in opened && (
        <LoteDialog lote={opened.lote} document={document} onClose={close} onOpenId={(id) => setOpened({ id })} />
      )}
    </>
  );
}

function Header({ document: { date, place, taken_at, run } }: { readonly document: RunDocument }) {
  return (
    <header class="top">
      <h1>
        lotes <span class="date">{date}</span>
      </h1>
      <p class="about">
        {run && <span class="run">run {run.run}</span>} on {place}, as of <Time at={taken_at} />
      </p>
    </header>
  );
}
