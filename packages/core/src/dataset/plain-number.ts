import { SEPARATOR } from "./separators.ts";

const ZERO = 0x30;
const POINT = 0x2e;
const BAR = SEPARATOR.charCodeAt(0);

const BACKSLASH = 0x5c;
const CAPITAL_N = 0x4e;

// The results of `plainNumber` for a cell that holds no plain number. Small whole numbers are the fastest to compare.
const UNKNOWN = -1;
export const DOUBTFUL = -2;

/** A cell's number if it is written in digits alone, or with `.0` behind them; else UNKNOWN, or DOUBTFUL. */
export function plainNumber(view: DataView, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = view.getUint8(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === start) return isUnknown(view, start, end) ? UNKNOWN : DOUBTFUL;
  if (at + 1 < end && view.getUint8(at) === POINT && view.getUint8(at + 1) === ZERO) at += 2;
  return endsAt(view, at, end) && value <= Number.MAX_SAFE_INTEGER ? value : DOUBTFUL;
}

/** Whether each of the four bytes is a digit. */
export function areDigits(bytes: number): boolean {
  // From 0x30 on, and not beyond 0x39: with six more, the upper half of a byte is still 3.
  return (((bytes ^ 0x30303030) | ((bytes + 0x06060606) ^ 0x30303030)) & 0xf0f0f0f0) === 0;
}

/** Whether a cell is empty or `\N`. */
function isUnknown(view: DataView, start: number, end: number): boolean {
  if (endsAt(view, start, end)) return true;
  const isPair = start + 1 < end && view.getUint8(start) === BACKSLASH && view.getUint8(start + 1) === CAPITAL_N;
  return isPair && endsAt(view, start + 2, end);
}

function endsAt(view: DataView, at: number, end: number): boolean {
  return at === end || view.getUint8(at) === BAR;
}
