import { ConsoleServer } from "@lotes/console/server";
import type { Settings } from "@lotes/core";
import { PortInUseError } from "@lotes/local/port-in-use-error";
import { consoleOperations } from "./console-operations.ts";
import { failureLine } from "./failure.ts";
import { reportPlace } from "./report-place.ts";
import type { Target } from "./target.ts";
import { today } from "./today.ts";

export interface ConsoleStart {
  readonly target: Target;
  readonly settings: Settings;
  /** As it was given; undefined for the local stack. */
  readonly stage?: string | undefined;
  /** The port to listen on, 0 for any free one; `isWish` lets another be taken if somebody listens there. */
  readonly port: number;
  readonly isWish: boolean;
}

/**
 * Serves the page of a target on this machine.
 * @throws {PortInUseError}
 */
export async function startConsole({ target, settings, stage, port, isWish }: ConsoleStart): Promise<ConsoleServer> {
  const place = reportPlace(target, { budget: settings.tmdb.requestsPerSecond, stage });
  const operations = consoleOperations(target, settings);
  const start = (on: number) => ConsoleServer.start({ place, operations, today, describe: failureLine, port: on });
  return start(port).catch((error) => {
    const told = PortInUseError.from(error, port);
    if (isWish && told instanceof PortInUseError) return start(0);
    throw told;
  });
}
