/** As much of EventBridge's patterns as the stacks use (EventBridge User Guide, "Creating event patterns"). */
export interface Pattern {
  readonly [field: string]: Pattern | readonly Matcher[];
}

/** A value itself, or one in which `*` stands for any characters. */
type Matcher = string | { readonly wildcard: string };

/** Whether a rule with the pattern gets the event: each field of the pattern is one of the event's, with one of its values. */
export function matchesPattern(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    const value = (event as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (!Array.isArray(expected)) return matchesPattern(expected as Pattern, value);
    return expected.some((matcher: Matcher) => matchesValue(matcher, value));
  });
}

function matchesValue(matcher: Matcher, value: unknown): boolean {
  if (typeof matcher === "string") return value === matcher;
  const { wildcard, ...others } = matcher;
  if (Object.keys(others).length > 0) throw new Error(`can't judge ${JSON.stringify(matcher)}`);
  const pattern = wildcard.split("*").map(RegExp.escape).join("[^]*");
  return typeof value === "string" && new RegExp(`^${pattern}$`).test(value);
}
