import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A command that a document tells its reader to type. */
export interface DocumentedCommand {
  /** Such as `README.md:12`, for whoever has to find it. */
  readonly place: string;
  readonly line: string;
}

// What a code span in a sentence or in a table begins with, if it is to be typed.
const TYPED = /^(\w+=\S* )*(\.\/lotes|lotes|npx|pnpm|npm|sst|aws|git|eval|ln|mkdir|export|curl|node) /;

/** Every command of the README and of docs/: each line of the shell's blocks, and each code span that is a command. */
export function documentedCommands(root: string): DocumentedCommand[] {
  const files = ["README.md", ...globSync("docs/*.md", { cwd: root }).toSorted()];
  return files.flatMap((file) => commandsIn(readFileSync(join(root, file), "utf8"), file));
}

/** @param file its name, for the places */
export function commandsIn(text: string, file: string): DocumentedCommand[] {
  const commands: DocumentedCommand[] = [];
  let block: string | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const place = `${file}:${index + 1}`;
    const fence = /^```(\w*)/.exec(line);
    if (fence) {
      block = block === undefined ? fence[1] : undefined;
    } else if (block === undefined) {
      const spans = [...line.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
      commands.push(...spans.filter((span) => TYPED.test(span)).map((span) => ({ place, line: span })));
    } else if (["sh", "bash", "shell", "console"].includes(block)) {
      const command = line.replace(/(^|\s+)#.*$/, "").trim();
      if (command !== "") commands.push({ place, line: command });
    }
  }
  return commands;
}
