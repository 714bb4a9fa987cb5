/** A call as it is counted and traced. */
interface Step {
  readonly does: string;
  /** Who does it, and what. */
  readonly step: string;
}

/** The steps by who does what, before its first write and after it. They are few, and to make a text takes longer than to find it. */
const STEPS = new Map<string, Map<string, readonly [before: Step, after: Step]>>();

/** @param hasWritten whether the invocation has written something before */
export function stepOf(role: string, does: string, hasWritten: boolean): Step {
  const known = STEPS.get(role)?.get(does);
  if (known) return known[hasWritten ? 1 : 0];
  const steps = [named(role, does), named(role, `${does} after its write`)] as const;
  STEPS.set(role, (STEPS.get(role) ?? new Map()).set(does, steps));
  return steps[hasWritten ? 1 : 0];
}

function named(role: string, does: string): Step {
  return { does, step: `${role} ${does}` };
}
