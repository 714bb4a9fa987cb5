import type { LotePart, RunDocument, TimesPart } from "../document.ts";
import { Dialog } from "./dialog.tsx";
import { Foreign, formatNumber, formatTenths, Time } from "./format.tsx";
import { loteState } from "./lote-state.ts";

interface Props {
  readonly lote: number;
  readonly document: RunDocument;
  readonly onClose: () => void;
  readonly onOpenId: (id: string) => void;
}

/** A lote: its numbers, and its ids. */
export function LoteDialog({ lote, document, onClose, onOpenId }: Props) {
  const part = document.lotes.find((each) => each.lote === lote);
  const state = document.run === null ? "waiting" : loteState(part, document.run);
  return (
    <Dialog title={`lote ${formatNumber(lote)}: ${state}`} onClose={onClose}>
      {part === undefined ? (
        <p>Nothing was heard of it. Its ids travel in its message, and no file tells them yet.</p>
      ) : (
        <>
          <Work part={part} />
          <Ids title="failed" ids={part.failures.map(([id]) => id)} onOpenId={onOpenId} />
          <Ids title="unheard of" ids={part.open} onOpenId={onOpenId} />
          <Ids title="stored" ids={part.records.map(([id]) => id)} onOpenId={onOpenId} />
        </>
      )}
    </Dialog>
  );
}

function Work({ part: { work } }: { readonly part: LotePart }) {
  if (work === null) return <p class="quiet">What it took was not kept.</p>;
  return (
    <dl class="attributes">
      <Line name="asked from">
        <Time at={work.started_at} />
      </Line>
      <Line name="until">
        <Time at={work.ended_at} />
        {work.repeated && <span class="quiet"> in more than one delivery</span>}
      </Line>
      <Line name="requests">{formatNumber(work.requests)}</Line>
      <Line name="of these again">{formatNumber(work.retries)}</Line>
      <Line name="answers of 429">{formatNumber(work.rate_limited)}</Line>
      <Line name="reused records">{formatNumber(work.reused)}</Line>
      {work.times &&
        TIMES.map(([kind, name]) => (
          <Line key={kind} name={name}>
            {formatTenths((work.times?.[kind] ?? 0) / 1000)} s
          </Line>
        ))}
    </dl>
  );
}

const TIMES: readonly [kind: keyof TimesPart, name: string][] = [
  ["queue", "in the queue"],
  ["limiter", "for the limiter"],
  ["pause", "in pauses"],
  ["tmdb", "for TMDB"],
  ["s3", "for S3"],
];

function Line({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface IdsProps {
  readonly title: string;
  readonly ids: readonly string[];
  readonly onOpenId: (id: string) => void;
}

function Ids({ title, ids, onOpenId }: IdsProps) {
  if (ids.length === 0) return null;
  return (
    <>
      <h3>
        {formatNumber(ids.length)} {title}
      </h3>
      <ul class="ids">
        {ids.map((id) => (
          <li key={id}>
            <button type="button" class="link id" onClick={() => onOpenId(id)}>
              <Foreign text={id} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
