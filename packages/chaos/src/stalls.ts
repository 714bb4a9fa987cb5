const LOOK_MS = 100;

let stalledMs = 0;
let due = performance.now() + LOOK_MS;

// A thread that gets no processor can't end anything in time, which is no fault of the functions that it plays.
setInterval(() => {
  const now = performance.now();
  stalledMs += Math.max(0, now - due - LOOK_MS);
  due = now + LOOK_MS;
}, LOOK_MS).unref();

/** How long, in milliseconds, this thread has stood still for want of a processor, since its start. */
export function stalledSoFarMs(): number {
  return stalledMs + Math.max(0, performance.now() - due - LOOK_MS);
}
