// Control characters, among them the escape that begins a terminal's commands, and those that are only seen by what they do to others: to
// the direction of text, to a line, or nothing at all.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A line as a terminal may show it. A CSV, TMDB and a queue can hold anything: what is invisible of it is written as JSON writes it. JSON
 * stays the same document.
 */
export function visible(line: string): string {
  return line.replaceAll(INVISIBLE, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
