/** A broken promise without whom and what it was broken for. */
export function promiseOf(sentence: string): string {
  const [line = ""] = sentence.split("\n");
  return line
    .replaceAll(/\[[^\]]*\]|"[^"]*"|\{[^}]*\}/g, "…")
    .replaceAll(/(tt)?\d[\d/]*/g, "#")
    .slice(0, 120);
}
