import { createHash } from "node:crypto";
import { ATTRIBUTION } from "@lotes/core";
import type { PageBundle } from "./page-bundle.ts";

/** A page that needs nothing beside itself. */
export interface Page {
  readonly html: string;
  /** What its content security policy says of the code and the looks in it. */
  readonly policy: string;
}

/**
 * Puts a page together: its code, its looks, and data that the code finds by their names.
 * @param data each is put in as JSON
 */
export function page(title: string, { script, style }: PageBundle, data: Readonly<Record<string, unknown>>): Page {
  const policy = policyOf({ script, style });
  const documents = Object.entries(data).map(
    ([name, value]) => `<script type="application/json" id="${name}">${jsonInHtml(value)}</script>\n`,
  );
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${textInHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="root"><noscript>This page needs JavaScript.</noscript></div>
<footer>${textInHtml(ATTRIBUTION)}</footer>
${documents.join("")}<script>${script}</script>
</body>
</html>
`;
  return { html, policy };
}

/** Only the page's own code and looks; connections only to where it comes from. A report has no connection at all: a file is no place to connect to. */
function policyOf({ script, style }: PageBundle): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** JSON in which nothing ends the element that holds it, whatever TMDB or a CSV says. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function textInHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
