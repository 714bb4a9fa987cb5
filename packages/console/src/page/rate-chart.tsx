import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { RunDocument } from "../document.ts";
import { formatNumber, formatTenths, plural } from "./format.tsx";
import { phases } from "./phases.ts";
import { type RequestRate, requestRate } from "./request-rate.ts";
import { useDark } from "./use-dark.ts";

const HEIGHT = 220;

const stepped = uPlot.paths.stepped?.({ align: 1 });

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const clockOf = (seconds: number) => clock.format(new Date(seconds * 1000));

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
      <Phases document={document} />
    </section>
  );
}

function RateChart({ rate, budget }: { readonly rate: RequestRate; readonly budget: number }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const dark = useDark();
  const has429 = rate.rateLimited.some((value) => value > 0);
  const data = useMemo((): uPlot.AlignedData => {
    const series = [rate.times, rate.requests, rate.times.map(() => budget)];
    return (has429 ? [...series, rate.rateLimited] : series).map((each) => [...each]) as uPlot.AlignedData;
  }, [rate, budget, has429]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, budget, has429), data, element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
    // The data that come later are set below.
  }, [dark, budget, has429]);
  useEffect(() => plot.current?.setData(data), [data]);

  const busy = rate.requests.filter((value) => value > 0);
  const mean = busy.reduce((sum, value) => sum + value, 0) / Math.max(1, busy.length);
  const words = `Requests a second over time: ${formatTenths(mean)} on average while lotes were worked on, at most ${formatTenths(Math.max(...busy))}, of a budget of ${formatNumber(budget)}.`;
  return <div class="chart" ref={place} role="img" aria-label={words} title={words} />;
}

function optionsOf(element: HTMLElement, budget: number, has429: boolean): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--quiet"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  const value = (_: uPlot, each: number | null) => (each === null ? "" : formatTenths(each));
  const rateLimited: uPlot.Series = {
    label: "429",
    stroke: color("--failed"),
    width: 1.5,
    value,
    points: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // The last time of the axis has to fit.
    padding: [null, 28, null, null],
    cursor: { y: false, drag: { x: true, y: false } },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(most, budget) * 1.15] } },
    axes: [
      { ...axis, size: 32, space: 80, values: (_, splits) => splits.map(clockOf) },
      { ...axis, size: 40 },
    ],
    series: [
      { label: "time", value: (_, each) => (each === null ? "" : clockOf(each)) },
      {
        label: "requests",
        stroke: color("--stored"),
        fill: color("--stored-pale"),
        width: 1.5,
        value,
        points: { show: false },
        paths: (...drawn) => stepped?.(...drawn) ?? null,
      },
      { label: "budget", stroke: color("--quiet"), width: 1, dash: [6, 4], value, points: { show: false } },
      ...(has429 ? [rateLimited] : []),
    ],
  };
}

function Phases({ document }: { readonly document: RunDocument }) {
  const parts = phases(document);
  if (parts.length === 0) return null;
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <>
      <h3>Where the time went</h3>
      <ul class="phases">
        {parts.map(({ name, seconds }) => (
          <li key={name}>
            <span class="seconds">{formatTenths(seconds)} s</span>
            <span>
              {name}
              <span class="meter">
                <span style={{ width: `${(100 * seconds) / total}%` }} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
