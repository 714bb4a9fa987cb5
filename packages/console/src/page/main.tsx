import { render } from "preact";
import type { RunDocument } from "../document.ts";
import { App } from "./app.tsx";
import "uplot/dist/uPlot.min.css";
import "./page.css";

const told = document.getElementById("document")?.textContent ?? "null";
const root = document.getElementById("root");
if (root) render(<App document={JSON.parse(told) as RunDocument} />, root);
