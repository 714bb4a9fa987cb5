import { InvalidArgumentError } from "commander";

/**
 * The value of an option that says how many.
 * @throws {InvalidArgumentError} unless it is a whole number from 1
 */
export function size(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number === 0 || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return number;
}

/** The values of an option that may have several. */
export function sizes(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, size(text)];
}
