import Bottleneck from "bottleneck/light.js";

/** The one instant that Bottleneck keeps between two requests, in its store. */
interface Store {
  /** When the next request may leave, in ms since the epoch. */
  _nextRequest: number;
}

/**
 * Bottleneck on a clock that does not step. It keeps the instant of the next request by the wall clock, so after a step back by ten seconds
 * it sends nothing for ten seconds, and after a step forward it forgets its distance between two requests. Here that instant is kept by the
 * monotonic clock, and told in the time of the wall clock only at the moment in which Bottleneck asks for it. Its timers are Node's, which
 * are monotonic.
 */
export class SteadyBottleneck extends Bottleneck {
  constructor(options: Bottleneck.ConstructorOptions) {
    super(options);
    const { _store: store } = this as unknown as { _store: Store };
    let next = performance.now();
    Object.defineProperty(store, "_nextRequest", {
      get: () => next + wallClockAhead(),
      set: (instant: number) => {
        next = instant - wallClockAhead();
      },
    });
  }
}

/** What the wall clock shows beyond the monotonic one, at this moment. */
function wallClockAhead(): number {
  return Date.now() - performance.now();
}
