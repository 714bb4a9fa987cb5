import type { Reason } from "@lotes/core";
import { useCallback, useMemo, useState } from "preact/hooks";
import type { RunDocument } from "../document.ts";
import type { ReplayChosen } from "./commands.ts";
import { Failures } from "./failures.tsx";
import { Time } from "./format.tsx";
import { Hero } from "./hero.tsx";
import { LoteDialog } from "./lote-dialog.tsx";
import { LoteGrid } from "./lote-grid.tsx";
import { RateSection } from "./rate-section.tsx";
import { Records } from "./records.tsx";
import { Runs } from "./runs.tsx";
import { StoryDialog } from "./story-dialog.tsx";
import { FIRST_VIEW, type TableView } from "./table-view.ts";

/** What lies above the page. */
type Opened = { readonly id: string } | { readonly lote: number } | undefined;

/** What can be done from the page; a report can do nothing. */
export interface Controls {
  /** The page of another date. */
  readonly href?: ((date: string) => string) | undefined;
  readonly replay?: ((chosen: ReplayChosen) => void) | undefined;
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
  const { run, troubles } = document;
  const { replay } = controls;
  const openId = useCallback((id: string) => setOpened({ id }), []);
  const openLote = useCallback((lote: number) => setOpened({ lote }), []);
  const close = useCallback(() => setOpened(undefined), []);
  // What is typed or opened draws none of this anew: a thousand lotes take a while.
  const overview = useMemo(() => {
    const showReason = (reason: string) => {
      setView({ ...FIRST_VIEW, words: reason, kind: "failed" });
      globalThis.document.getElementById("records")?.scrollIntoView();
    };
    return <Overview document={document} controls={controls} onOpenLote={openLote} onShowReason={showReason} />;
  }, [document, controls]);
  const records = useMemo(() => {
    const onReplay = replay && ((ids: readonly string[]) => replay({ ids }));
    return run && <Records document={document} view={view} onView={setView} onOpen={openId} onReplay={onReplay} />;
  }, [document, view, replay]);
  return (
    <>
      <Header document={document} />
      <main tabIndex={-1}>
        <Hero document={document} onCancel={controls.cancel} />
        {troubles.length > 0 && (
          <ul class="troubles">
            {troubles.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        )}
        {overview}
        {records}
      </main>
      {opened && "id" in opened && (
        <StoryDialog
          key={opened.id}
          id={opened.id}
          document={document}
          onClose={close}
          onOpenLote={openLote}
          onReplay={
            replay &&
            ((id) => {
              close();
              replay({ ids: [id] });
            })
          }
        />
      )}
      {opened && "lote" in opened && (
        <LoteDialog lote={opened.lote} document={document} onClose={close} onOpenId={openId} />
      )}
    </>
  );
}

interface OverviewProps extends Props {
  readonly onOpenLote: (lote: number) => void;
  readonly onShowReason: (reason: string) => void;
}

function Overview({ document, controls, onOpenLote, onShowReason }: OverviewProps) {
  const { run } = document;
  const { replay, href } = controls;
  if (run === null) return null;
  const onReplay = replay && ((reason?: Reason) => replay(reason === undefined ? {} : { reason }));
  return (
    <div class="columns">
      <div class="column">
        <LoteGrid document={document} run={run} onOpen={onOpenLote} />
        <Failures document={document} run={run} onShow={onShowReason} onReplay={onReplay} />
      </div>
      <div class="column">
        <RateSection document={document} />
        <Runs document={document} href={href} />
      </div>
    </div>
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
