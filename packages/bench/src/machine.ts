import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What was measured on, and when: numbers without it mean nothing. */
export function machine(): string {
  const cores = cpus();
  return `Node ${process.version}, ${cores.length} cores (${cores[0]?.model.trim()}), ${new Date().toISOString().slice(0, 10)}`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
