import { fileURLToPath } from "node:url";
import tab from "@bomb.sh/tab";
import complete from "@bomb.sh/tab/commander";
import { program } from "../program.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/lotes", import.meta.url));

/** Prints the script that makes a shell complete `lotes`, also where it is called by its path. */
export function completion(shell: string): void {
  tab.setup("lotes", LAUNCHER, shell);
}

/** Answers what such a script asks: what may stand at the end of these words. */
export async function suggestions(words: readonly string[]): Promise<void> {
  const lotes = program();
  complete(lotes, { completionCommandName: "completion" });
  await lotes.parseAsync(["complete", "--", ...words], { from: "user" });
}
