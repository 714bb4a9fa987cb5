/** What the user types to call this program, as the launcher has seen it: `./lotes` in the clone, `lotes` where that is on PATH. */
export const COMMAND = process.env.LOTES_COMMAND ?? "lotes";
