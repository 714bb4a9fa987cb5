import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import { formatNumber, formatTenths } from "./format.tsx";
import type { RequestRate } from "./request-rate.ts";
import { useDark } from "./use-dark.ts";

const HEIGHT = 220;

const stepped = uPlot.paths.stepped?.({ align: 1 });

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const clockOf = (seconds: number) => clock.format(new Date(seconds * 1000));

/** Requests a second against the budget over time, with what was asked again, answers of 429 and pauses where there were any. */
export function RateChart({ rate, budget }: { readonly rate: RequestRate; readonly budget: number }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const dark = useDark();
  // A line that tells nothing is not there.
  const kinds = KINDS.filter(({ of, least = 0 }) => of(rate).some((value) => value !== null && value > least));
  const names = kinds.map(({ name }) => name).join();
  const data = useMemo((): uPlot.AlignedData => {
    const series = [rate.times, ...kinds.map(({ of }) => of(rate)), rate.times.map(() => budget)];
    return series.map((each) => [...each]) as uPlot.AlignedData;
  }, [rate, budget, names]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, budget, kinds), data, element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
    // The data that come later are set below.
  }, [dark, budget, names]);
  useEffect(() => plot.current?.setData(data), [data]);

  const words = inWords(rate, budget);
  return <div class="chart" ref={place} role="img" aria-label={words} title={words} />;
}

/** What is drawn over time. */
interface Kind {
  readonly name: string;
  readonly of: (rate: RequestRate) => readonly (number | null)[];
  /** The custom properties of its colors. */
  readonly stroke: string;
  readonly fill?: string;
  /** It is drawn where it is ever more than this; by default 0. */
  readonly least?: number;
  /** Whether it is a share of the consumers' time, and no number of requests. */
  readonly isShare?: boolean;
}

// Between two requests of a busy machine there may be some milliseconds in which nothing was to be sent.
const LEAST_PAUSE = 0.02;

// What covers more is drawn first.
const KINDS: readonly Kind[] = [
  {
    name: "paused",
    of: ({ paused }) => paused,
    stroke: "--paused",
    fill: "--paused",
    least: LEAST_PAUSE,
    isShare: true,
  },
  { name: "requests", of: ({ requests }) => requests, stroke: "--stored", fill: "--stored-pale" },
  { name: "asked again", of: ({ retries }) => retries, stroke: "--under-way" },
  { name: "429", of: ({ rateLimited }) => rateLimited, stroke: "--failed" },
];

function inWords({ requests, retries, rateLimited, spanSeconds }: RequestRate, budget: number): string {
  const busy = requests.filter((value) => value > 0);
  const mean = busy.reduce((sum, value) => sum + value, 0) / Math.max(1, busy.length);
  const sum = (values: readonly number[]) => Math.round(values.reduce((total, each) => total + each, 0) * spanSeconds);
  const beside = [
    [sum(retries), "asked again"],
    [sum(rateLimited), "answered with 429"],
  ] as const;
  const rest = beside.filter(([count]) => count > 0).map(([count, what]) => ` ${formatNumber(count)} were ${what}.`);
  return `Requests a second over time: ${formatTenths(mean)} on average while lotes were worked on, at most ${formatTenths(Math.max(...busy))}, of a budget of ${formatNumber(budget)}.${rest.join("")}`;
}

function optionsOf(element: HTMLElement, budget: number, kinds: readonly Kind[]): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--quiet"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  const line = { width: 1.5, points: { show: false } };
  const value = (_: uPlot, each: number | null) => (each === null ? "" : formatTenths(each));
  const percent = (_: uPlot, each: number | null) => (each === null ? "" : `${Math.round(each * 100)} %`);
  const steps: uPlot.Series.PathBuilder = (...drawn) => stepped?.(...drawn) ?? null;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // The last time of the axis has to fit.
    padding: [null, 28, null, null],
    cursor: { y: false, drag: { x: true, y: false } },
    scales: {
      x: { time: true },
      y: { range: (_, __, most) => [0, Math.max(most, budget) * 1.15] },
      share: { range: [0, 1.15] },
    },
    axes: [
      { ...axis, size: 32, space: 80, values: (_, splits) => splits.map(clockOf) },
      { ...axis, size: 40 },
    ],
    series: [
      { label: " ", value: (_, each) => (each === null ? "" : clockOf(each)) },
      ...kinds.map(({ name, stroke, fill, isShare }) => ({
        ...line,
        label: name,
        stroke: color(stroke),
        ...(fill && { fill: color(fill) }),
        paths: steps,
        ...(isShare ? { scale: "share", value: percent } : { value }),
      })),
      { ...line, label: "budget", stroke: color("--quiet"), width: 1, dash: [6, 4], value },
    ],
  };
}
