import type { RunDocument } from "../document.ts";
import { formatDuration, formatNumber, Time } from "./format.tsx";

/** The settled run of each date. */
export function Runs({
  document,
  href,
}: {
  readonly document: RunDocument;
  readonly href: ((date: string) => string) | undefined;
}) {
  const { runs, date } = document;
  const most = Math.max(1, ...runs.map(({ ids }) => ids));
  return (
    <section aria-labelledby="runs-title">
      <h2 id="runs-title">Runs by date</h2>
      {runs.length === 0 ? (
        <p class="quiet">No run has settled yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <section class="scroll" tabIndex={0} aria-label="table of runs">
          <table>
            <thead>
              <tr>
                <th scope="col">date</th>
                <th scope="col" class="wide">
                  ids
                </th>
                {["stored", "failed", "reused", "time"].map((name) => (
                  <th key={name} scope="col" class="n">
                    {name}
                  </th>
                ))}
                <th scope="col">finished</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.date} aria-current={run.date === date ? "true" : undefined}>
                  <th scope="row">{href && run.date !== date ? <a href={href(run.date)}>{run.date}</a> : run.date}</th>
                  <td class="wide">
                    <span
                      class="bar small"
                      style={{ width: `${Math.max(2, (100 * run.ids) / most)}%` }}
                      aria-hidden="true"
                    >
                      {run.stored > 0 && <span class="fill-stored" style={{ flexGrow: run.stored }} />}
                      {run.failed > 0 && <span class="fill-failed" style={{ flexGrow: run.failed }} />}
                    </span>
                  </td>
                  <td class="n">{formatNumber(run.stored)}</td>
                  <td class="n">{formatNumber(run.failed)}</td>
                  <td class="n">{formatNumber(run.reused)}</td>
                  <td class="n">{formatDuration(run.seconds)}</td>
                  <td>
                    <Time at={run.finished_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
