import { isRunDate } from "@lotes/core/dataset/run-date";
import { REASONS } from "@lotes/core/reasons";
import { InvalidArgumentError, Option } from "commander";
import { UsageError } from "./user-error.ts";

/** SST's links of the stage are set before the command begins. */
export function stageOption() {
  return new Option(
    "--stage <name>",
    "the deployed stage to talk to, through SST (default: the local stack)",
  ).argParser(stageName);
}

function stageName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(text)) throw new InvalidArgumentError("It must be letters, digits and hyphens.");
  return text;
}

export function reasonOption() {
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

/**
 * @returns the path
 * @throws {InvalidArgumentError} for what was surely not meant as a place on this machine
 */
export function outPath(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw new InvalidArgumentError("It must be a path on this machine.");
  // The shell has left it as it is, and a folder of that name is not easy to remove.
  if (/^~[^/]*(\/|$)/.test(text))
    throw new InvalidArgumentError("Write $HOME in place of ~, which the shell left as it is.");
  if (text.startsWith("-")) throw new InvalidArgumentError(`If that is meant as a name, write ./${text}`);
  return text;
}

/**
 * @returns the id without the spaces around it
 * @throws {InvalidArgumentError} when it is empty
 */
export function movieId(text: string): string {
  const id = text.trim();
  if (id === "") throw new InvalidArgumentError("It is empty. Give an id such as tt0068646.");
  if (id.startsWith("-")) throw new InvalidArgumentError("Give an id such as tt0068646.");
  return id;
}

interface Followed {
  readonly strict: boolean | undefined;
  readonly watch: boolean | undefined;
}

/** @throws {UsageError} when a command that only sends is asked to judge what comes of it */
export function assertFollowed({ strict, watch }: Followed): void {
  if (strict && !watch) throw new UsageError("--strict needs --watch: without it, nobody knows yet what comes of it");
}
