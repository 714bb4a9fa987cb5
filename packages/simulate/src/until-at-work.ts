import { ledgerKey, ledgerPartPrefix, lotePrefix } from "@lotes/core";
import type { Simulation } from "./simulation.ts";

// Whoever replaces a CSV waits in one case of so many; for a lote, and always, where those have rivals.
const WAITS_ONE_IN = 4;
const WAITS_FOR = [lotePrefix, ledgerKey, ledgerPartPrefix];

/**
 * Waits, if it is to be so, until what a date's run has led to is about to be written: so that the next run takes over meanwhile.
 * @returns whether it was to be so
 */
export async function untilAtWork(
  { time, choices, heldAnswers, swarm }: Simulation,
  date: string,
  key: string,
): Promise<boolean> {
  const draw = () => {
    if (swarm.hasRivals) return lotePrefix(date);
    return choices.oneIn(key, WAITS_ONE_IN) ? choices.pick(`${key} for`, WAITS_FOR)(date) : undefined;
  };
  const at = { key, step: "a CSV is replaced", atMs: time.now };
  const awaited = choices.deviation(at, draw, () => "overtaken");
  if (awaited === undefined) return false;
  await heldAnswers.beginning(awaited);
  return true;
}
