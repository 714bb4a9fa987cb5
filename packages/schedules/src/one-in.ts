import type { Random } from "@lotes/local/sample/random";

/** How rarely each trouble happens: in one of so many schedules, uploads, rows or whatever it befalls; Infinity is never. */
export const ONE_IN = {
  /** Schedules. */
  warmEnvironments: 4,
  way: 2,
  freezes: 4,
  clockSteps: 4,
  oddStore: 3,
  strangers: 8,
  twins: 50,
  manyLotes: 40,
  reuse: 2,
  pauses: 6,
  cancels: 6,
  insistingUploader: 5,
  hangs: 12,
  busyOperator: 12,
  /** Actions of an operator. */
  handEditedAttempts: 4,
  /** CSVs. */
  spoiltCsv: 10,
  oddIds: 4,
  manyRows: 8,
  badRows: 6,
  largeCsv: 100,
  forcedCsv: 12,
  sameCsv: 3,
  /** Rows of the kind. */
  oddId: 1,
  spacesAroundId: 1,
  /** Rules of TMDB's misbehaviour. */
  oddAnswer: 2,
} as const;

export function happens(random: Random, oneIn: number): boolean {
  return random.below(oneIn) === 0;
}
