import { isRunDate } from "@lotes/core/dataset/keys";
import { REASONS } from "@lotes/core/reasons";
import { InvalidArgumentError, Option } from "commander";

/** Its links are there before the command begins. */
export function stageOption(): Option {
  return new Option("--stage <name>", "of a deployed stage, by way of SST; without, of the local stack").argParser(
    stageName,
  );
}

function stageName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(text)) throw new InvalidArgumentError("It must be letters, digits and hyphens.");
  return text;
}

export function reasonOption(): Option {
  return new Option("--reason <reason>", "only what failed for this reason").choices(REASONS);
}

/** @throws {InvalidArgumentError} unless the text is a day */
export function runDate(text: string): string {
  if (!isRunDate(text)) throw new InvalidArgumentError("It must be a day as yyyy/mm/dd, such as 2026/11/23.");
  return text;
}

/** @returns what reads an argument, and throws an InvalidArgumentError unless it is within the bounds */
export function wholeNumber(most: number, least = 1) {
  return (text: string): number => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
