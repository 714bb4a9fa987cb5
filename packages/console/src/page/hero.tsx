import { Fragment } from "preact";
import type { RunDocument, RunPart } from "../document.ts";
import { commands } from "./commands.ts";
import { formatDuration, formatNumber, plural, Time, Typed } from "./format.tsx";

interface HeroProps {
  readonly document: RunDocument;
  /** Undefined where nothing can be done. */
  readonly onCancel: (() => void) | undefined;
}

/** Whether the run is done: the equation, and how far it is. */
export function Hero({ document, onCancel }: HeroProps) {
  const { run, budget, date, command } = document;
  if (run === null) {
    return (
      <section class="hero">
        <h2 class="equation">No run of {date}</h2>
        <p class="quiet">Nothing was dropped for this date, or its CSV has yet to be read.</p>
        {command && (
          <p>
            <Typed line={commands.ingest("movies.csv", document)} />
          </p>
        )}
      </section>
    );
  }
  return (
    <section class="hero" aria-labelledby="equation">
      <Equation run={run} />
      <Bar run={run} />
      <p>
        {sentence(run, budget)}
        {onCancel && run.left > 0 && (
          <button type="button" class="cancel" onClick={onCancel}>
            Cancel the run…
          </button>
        )}
      </p>
      <Facts document={document} run={run} />
    </section>
  );
}

function Equation({ run }: { readonly run: RunPart }) {
  const terms = [
    { count: run.stored, name: "stored", kind: "stored" },
    { count: run.failed, name: "failed", kind: "failed" },
    ...(run.cancelled > 0 ? [{ count: run.cancelled, name: "cancelled", kind: "cancelled" }] : []),
    ...(run.left > 0 ? [{ count: run.left, name: "under way", kind: "waiting" }] : []),
  ];
  return (
    <h2 class="equation" id="equation">
      <span class="term">
        <b>{formatNumber(run.ids)}</b> ids
      </span>{" "}
      {terms.map(({ count, name, kind }, index) => (
        <Fragment key={name}>
          <span class="term">
            <span class="sign">{index === 0 ? "= " : "+ "}</span>
            <b class={`of-${kind}`}>{formatNumber(count)}</b> {name}
          </span>{" "}
        </Fragment>
      ))}
    </h2>
  );
}

function Bar({ run }: { readonly run: RunPart }) {
  const parts: readonly [kind: string, count: number][] = [
    ["stored", run.stored],
    ["failed", run.failed],
    ["cancelled", run.cancelled],
    ["waiting", run.left],
  ];
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label="ids that are accounted for"
      aria-valuemin={0}
      aria-valuemax={run.ids}
      aria-valuenow={run.ids - run.left}
    >
      {parts.map(
        ([kind, count]) => count > 0 && <span key={kind} class={`fill-${kind}`} style={{ flexGrow: count }} />,
      )}
    </div>
  );
}

function sentence(run: RunPart, budget: number): string {
  if (run.status === "rejected") return `The CSV was rejected, and nothing was asked for: ${run.error}.`;
  if (run.status === "queuing") return "The lotes are being queued.";
  if (run.left === 0) return "Every id is accounted for.";
  return `${plural(run.left, "id")} to go: some ${formatDuration(run.left / budget)} at ${budget} requests a second.`;
}

function Facts({ document, run }: { readonly document: RunDocument; readonly run: RunPart }) {
  const heard = document.lotes.length;
  const sum = (what: "requests" | "retries" | "rate_limited" | "reused") =>
    document.lotes.reduce((total, { work }) => total + (work?.[what] ?? 0), 0);
  const end = run.finished_at;
  return (
    <dl class="facts">
      <Fact name="rows read">
        {formatNumber(run.rows)}
        {run.malformed.count > 0 && <small>{formatNumber(run.malformed.count)} malformed</small>}
        {run.unreadable.count > 0 && <small>{formatNumber(run.unreadable.count)} with numbers that are none</small>}
      </Fact>
      <Fact name="lotes">
        {heard < run.lotes ? `${formatNumber(heard)} of ${formatNumber(run.lotes)}` : formatNumber(run.lotes)}
      </Fact>
      <Fact name="requests" title="Those of the lotes that have a file. The others are in the metrics only.">
        {formatNumber(sum("requests"))}
        {sum("retries") > 0 && <small>{plural(sum("retries"), "retry").replace("retrys", "retries")}</small>}
        {sum("rate_limited") > 0 && <small>{formatNumber(sum("rate_limited"))} of 429</small>}
      </Fact>
      {sum("reused") > 0 && <Fact name="reused">{formatNumber(sum("reused"))}</Fact>}
      <Fact name="started">
        <Time at={run.started_at} />
      </Fact>
      {end !== null && (
        <Fact name="finished">
          <Time at={end} />
          <small>after {formatDuration((Date.parse(end) - Date.parse(run.started_at)) / 1000)}</small>
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly title?: string;
  readonly children: preact.ComponentChildren;
}

function Fact({ name, title, children }: FactProps) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
