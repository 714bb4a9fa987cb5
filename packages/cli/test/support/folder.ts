import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** An empty folder that is gone after the test. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "lotes-"));

  at(name: string): string {
    return join(this.path, name);
  }

  write(name: string, body: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), body);
  }

  /** What each file holds, by its path; directories with a slash at their end hold nothing. */
  files(): Record<string, string> {
    const entries = readdirSync(this.path, { withFileTypes: true, recursive: true });
    return Object.fromEntries(
      entries.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const name = path.slice(this.path.length + 1);
        return entry.isFile() ? [name, readFileSync(path, "utf8")] : [`${name}/`, ""];
      }),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
