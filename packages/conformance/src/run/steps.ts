/** The steps of a whole run, and what must come of each. Undefined: it depends on the server. */
export const STEPS = {
  upload: "its run begins",
  event: undefined,
  "dead letters": "the lote of the consumer that died, and the reports",
  redrive: undefined,
  account: "120 = 105 stored + 15 failed",
  manifest: "revision 1, 53 lotes, 0 reused: all is so",
  replay: "5 recovered, 0 failed again",
  "account after the replay": "120 = 110 stored + 10 failed",
  "manifest after the replay": "revision 2, 55 lotes, 0 reused: all is so",
  "a later upload": "60 = 60 stored + 0 failed",
  "its manifest": "revision 1, 30 lotes, 60 reused: all is so",
  end: "reached",
  "functions' failures": "none",
} as const satisfies Readonly<Record<string, string | undefined>>;

export type StepName = keyof typeof STEPS;

/** What came of each step that was reached. */
export type Came = Readonly<Partial<Record<StepName, string>>>;

/** What is not as it must be, in words. */
export function broken(came: Came): string[] {
  return (Object.entries(STEPS) as [StepName, string | undefined][]).flatMap(([step, expected]) =>
    expected === undefined || came[step] === expected ? [] : [`${step}: ${came[step] ?? "not reached"}`],
  );
}

export function trouble(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
}
