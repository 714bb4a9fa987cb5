import { useMemo } from "preact/hooks";
import type { RunDocument } from "../document.ts";
import { formatDuration, formatTenths, plural } from "./format.tsx";
import { consumerTime, type Phase, phases } from "./phases.ts";
import { RateChart } from "./rate-chart.tsx";
import { requestRate } from "./request-rate.ts";

/** Requests a second against the budget, and where the time went. */
export function RateSection({ document }: { readonly document: RunDocument }) {
  const { lotes, budget } = document;
  const rate = useMemo(() => requestRate(lotes), [lotes]);
  return (
    <section aria-labelledby="rate-title">
      <h2 id="rate-title">Requests a second</h2>
      {rate === undefined ? (
        <p class="quiet">No lote has told yet what it took.</p>
      ) : (
        <>
          <RateChart rate={rate} budget={budget} />
          <p class="quiet">
            Each lote's requests, spread evenly over the time its consumer worked on it; the files tell no more.
            {rate.leftOut > 0 &&
              ` ${plural(rate.leftOut, "lote")} worked on more than once ${rate.leftOut === 1 ? "is" : "are"} left out.`}
          </p>
        </>
      )}
      <WhereTheTimeWent document={document} />
    </section>
  );
}

function WhereTheTimeWent({ document }: { readonly document: RunDocument }) {
  const { run, lotes } = document;
  const parts = useMemo(() => phases(document), [run, lotes]);
  const consumers = useMemo(() => consumerTime(document), [lotes]);
  if (parts.length === 0) return null;
  return (
    <>
      <h3>Where the time went</h3>
      <Phases parts={parts} />
      {consumers && (
        <>
          <h3>What the consumers waited for</h3>
          <Phases parts={consumers.parts} />
          <p class="quiet">
            Before that, a lote waited in the queue for {formatDuration(consumers.queueSeconds.mean)} on average, and{" "}
            {formatDuration(consumers.queueSeconds.most)} at the most.
          </p>
        </>
      )}
    </>
  );
}

// The parts of a small run are told apart by tenths.
const LONGEST_IN_TENTHS = 100;

function Phases({ parts }: { readonly parts: readonly Phase[] }) {
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <ul class="phases">
      {parts.map(({ name, seconds }) => (
        <li key={name}>
          <span class="seconds">
            {seconds < LONGEST_IN_TENTHS ? `${formatTenths(seconds)} s` : formatDuration(seconds)}
          </span>
          <span>
            {name}
            <span class="meter">
              <span style={{ width: `${(100 * seconds) / Math.max(total, 0.001)}%` }} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
