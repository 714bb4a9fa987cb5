import type { Random } from "@lotes/local/sample/random";
import { FIRST_KNOWN } from "./known.ts";

const BAD_IDS = ["../../etc/passwd", "nm0000001", "tt12", "tt1000000?x=1", ""];

/** What some part of the way does not carry, or shows as something else. The lone surrogates stand for the three bytes that can't be decoded. */
const ODD_TEXTS = [
  ...["\uFFFE", "\uFFFF", "😀", "\u{10FFFF}", "\uD800", "\uDC00", "\uFFFD"],
  ...["\0", "\u0001", "\b", "\t", "\u001B[31m", "\u007F", "\u0085", "\u00A0", "\u200B", "\u2028", "\uFEFF"],
  ...["מזהה", "\u202Ett1000000", "e\u0301", "ﬁ", '"', "\\", "\\u0000", "%00", "<&>", "-tt1000000,tt1000001", "`"],
];

const LONG_IDS = ["x".repeat(63), "x".repeat(65), `tt1${"0".repeat(3_000)}x`, "😀".repeat(40), `${"x".repeat(63)}😀`];

/** A text that is no id, though it may look like one. */
export function oddId(random: Random): string {
  const odd = random.pick(ODD_TEXTS);
  return random.pick([
    () => random.pick(BAD_IDS),
    () => odd,
    () => `tt${FIRST_KNOWN}${odd}x`,
    () => `x${odd}tt${FIRST_KNOWN}`,
    () => `${odd}${random.below(5)}${odd}`,
    () => odd.repeat(random.between(2, 200)),
    () => random.pick(LONG_IDS),
  ])();
}
