/** Node's own `setImmediate`, before virtual time takes its place: what it calls runs once all ticks and microtasks are over. */
export const trueTurn = globalThis.setImmediate;
