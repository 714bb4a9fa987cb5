const LOOK_MS = 100;

let stalledMs = 0;
let due = performance.now() + LOOK_MS;

// A thread without a processor ends nothing in time. The functions that it runs are not to blame for that.
setInterval(() => {
  const now = performance.now();
  stalledMs += Math.max(0, now - due - LOOK_MS);
  due = now + LOOK_MS;
}, LOOK_MS).unref();

/** How long, in milliseconds, this thread has stood still for want of a processor, since its start. */
export function stalledSoFarMs(): number {
  return stalledMs + Math.max(0, performance.now() - due - LOOK_MS);
}
