import type { AxiosError } from "axios";
import { UNREADABLE } from "./answer-body.ts";

// A page's title, or its first words, say what it is; a page itself is too much for a line.
const LONGEST_EXCERPT = 80;

/** What an error without TMDB's own words says, for a line of a log. Never empty. */
export function describeError({ response, message, code }: AxiosError): string {
  if (response !== undefined && code === UNREADABLE) {
    return `status ${response.status} with a body that can't be decompressed: ${message}`;
  }
  if (response === undefined || response.data === undefined) return message || (code ?? "no answer");
  return `status ${response.status} with ${kindOf(response.data)}`;
}

/** What kind of body it is, if it is no answer of TMDB's. */
function kindOf(data: unknown): string {
  if (typeof data !== "string") return "JSON that is not the movie, and no error of TMDB's";
  const text = data.trim();
  if (text === "") return "an empty body";
  if (/^[{[]/.test(text)) return "JSON that is cut off";
  return `a page that is not TMDB's: ${JSON.stringify(excerpt(text))}`;
}

function excerpt(page: string): string {
  const title = /<title[^>]*>([^<]+)/i.exec(page)?.[1];
  const words = title ?? page.replaceAll(/<[^>]*>/g, " ");
  return words.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_EXCERPT);
}
