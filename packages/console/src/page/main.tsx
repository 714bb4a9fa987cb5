import { render } from "preact";
import type { RunDocument } from "../document.ts";
import { App } from "./app.tsx";
import { Console, type ConsoleSettings } from "./console.tsx";
import "uplot/dist/uPlot.min.css";
import "./page.css";

/** Data that the page holds by a name; undefined where it holds none. */
function held<T>(name: string): T | undefined {
  const text = document.getElementById(name)?.textContent;
  return text ? (JSON.parse(text) as T) : undefined;
}

const root = document.getElementById("root");
const report = held<RunDocument>("document");
const settings = held<ConsoleSettings>("console");
// Only a page that a server has sent has settings; a report has the run itself.
if (root && settings) render(<Console {...settings} />, root);
else if (root && report) render(<App document={report} controls={{}} />, root);
