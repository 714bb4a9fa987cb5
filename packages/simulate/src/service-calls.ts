import type { KeyStart } from "./choices.ts";
import type { Call, Fault } from "./fault.ts";
import { type DoneCall, longestHoldOf } from "./held-answers.ts";
import type { Process } from "./process.ts";
import type { Simulation } from "./simulation.ts";
import { stepOf } from "./step.ts";
import { TouchedKeys } from "./touched-keys.ts";
import { CALL_MS, type Faults } from "./troubles.ts";

/** How a service answers a call that it does not do. */
export interface ServiceErrors {
  throttled(): Error;
  broken(): Error;
  conflict(): Error;
}

// One way between a function and a service within AWS.
const LEAST_WAY_MS = 0.5;
const MOST_WAY_MS = 8;
// AWS's SDK waits up to so long before its second attempt, and twice as long before each further one; longer where it was throttled.
const BACKOFF_MS = 100;
const THROTTLED_BACKOFF_MS = 500;
const MOST_BACKOFF_MS = 20_000;

/** Whether the SDK tries a call again after such an answer. */
function isTransient(error: unknown): boolean {
  const { $metadata, code, name } = error as { $metadata?: { httpStatusCode?: number }; code?: string; name: string };
  return (
    code === "ECONNRESET" || name === "TimeoutError" || ($metadata?.httpStatusCode ?? 0) >= 500 || isThrottled(error)
  );
}

function isThrottled(error: unknown): boolean {
  return /SlowDown|RequestThrottled/.test((error as Error).name);
}

export function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104, syscall: "read" });
}

function lostAfter(ms: number): Error {
  return ms < CALL_MS ? connectionReset() : Object.assign(new Error("no answer in time"), { name: "TimeoutError" });
}

/** What becomes of a call that a service has done. */
type Answered = (settle: () => void) => void;

/** The calls of one process to S3 and SQS, as they go through AWS's SDK and the network. */
export class ServiceCalls {
  readonly process: Process;
  readonly #role: string;
  readonly #simulation: Simulation;
  readonly #faults: Faults | undefined;
  /** Whether the invocation has written something. */
  #hasWritten = false;
  /** Of the invocation. */
  #touched = new TouchedKeys();
  /** Whether somebody has waited for one of its looks, and is now at work on the same object. */
  #isMet = false;
  /** Whether its last write has missed another process. */
  #hasMissed = false;
  #calls = 0;
  /** What the keys of its ways begin with. */
  #ways: KeyStart | undefined;

  /** @param faults undefined where all calls go well */
  constructor(process: Process, role: string, simulation: Simulation, faults: Faults | undefined) {
    this.process = process;
    this.#role = role;
    this.#simulation = simulation;
    this.#faults = faults;
  }

  beginInvocation(): void {
    this.#hasWritten = false;
    this.#touched = new TouchedKeys();
    this.#isMet = false;
  }

  /**
   * Makes a call, and repeats it as the SDK does.
   * @param perform does the call at the service; an error that it throws is the service's answer
   */
  async make<T>(call: Call, attempts: number, errors: ServiceErrors, perform: (fault?: Fault) => T): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(call, errors, perform);
      } catch (error) {
        if (attempt === attempts || !isTransient(error)) throw error;
        const base = isThrottled(error) ? THROTTLED_BACKOFF_MS : BACKOFF_MS;
        const backoff = Math.min(MOST_BACKOFF_MS, this.process.random() * base * 2 ** (attempt - 1));
        await this.#simulation.time.sleep(backoff, this.process);
      }
    }
  }

  #pass(done: DoneCall): void {
    if (!done.isWrite && done.key !== undefined) this.#touched.read.add(done.key);
    if (this.#simulation.heldAnswers.passed(done)) this.#isMet = true;
  }

  #once<T>(call: Call, errors: ServiceErrors, perform: (fault?: Fault) => T): Promise<T> {
    const { process } = this;
    const { time, choices, heldAnswers, schedule } = this.#simulation;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    // A dead process sends nothing more, and hears nothing more.
    if (process.dead) return promise;
    const { does, step } = stepOf(this.#role, call.does, this.#hasWritten);
    if (call.conditional || call.batch) this.#hasWritten = true;
    this.#simulation.count(step);
    const comesBack = this.#touched.touch(call);
    const meeting = { isMet: this.#isMet, hasMissed: this.#hasMissed, comesBack };
    this.#hasMissed = false;
    const fault = this.#faults?.faultOf(process, step, { ...call, ...meeting });
    this.#ways ??= choices.startOf(`${process.name} way `);
    const ways = choices.startOf(String(++this.#calls), this.#ways);
    const way = (end: string) => LEAST_WAY_MS + choices.fraction(end, ways) * (MOST_WAY_MS - LEAST_WAY_MS);
    const trace = (what: string) => this.#simulation.trace(() => `${process.name} ${does}${nameIn(call)}: ${what}`);
    const answer = (settle: () => void, ms = 0) => time.after(way(" back") + ms, settle, process);
    const done = heldAnswers.begun({ process, isWrite: call.conditional === true, key: call.key });
    const refuse = (error: Error) => {
      time.after(way(" there"), () => {
        trace(error.name);
        answer(() => reject(error));
      });
    };
    const arrive = (answered: Answered) => {
      let settle: () => void;
      try {
        const result = perform(fault);
        // Who lists has looked at all when the last page is there.
        if (!(result as { IsTruncated?: boolean } | undefined)?.IsTruncated) this.#pass(done);
        trace(fault ? `done, but ${fault.kind}` : "done");
        settle = () => resolve(result);
      } catch (error) {
        // A write that is refused changes nothing.
        this.#pass(done.isWrite ? { process, isWrite: false } : done);
        const { name } = error as Error;
        trace(fault ? `${name}, and ${fault.kind}` : name);
        settle = () => reject(error);
      }
      answered(settle);
    };
    const send = (answered: Answered, ms = way(" there")) => time.after(ms, () => arrive(answered));
    switch (fault?.kind) {
      case undefined:
      case "in part":
        send((settle) => answer(settle));
        break;
      case "dies before":
        trace("dies before it is sent");
        process.die();
        break;
      case "dies after":
        send(() => time.after(way(" back"), () => process.die()));
        break;
      case "unsent":
        trace("the connection breaks before it is sent");
        answer(() => reject(connectionReset()));
        break;
      case "answer lost": {
        const { afterMs } = fault;
        if (afterMs === "changed") {
          const others = { which: "changes", calls: 1 } as const;
          send(() => heldAnswers.hold(done, others, () => answer(() => reject(connectionReset())), CALL_MS));
        } else send(() => answer(() => reject(lostAfter(afterMs)), afterMs));
        break;
      }
      case "overtaken": {
        const { others } = fault;
        // A write is overtaken on its way there, so that somebody has looked at what is no longer so.
        const held = { ...done, read: this.#touched.read };
        if (others.which === "looks" || others.which === "misses" || others.which === "rivals") {
          const release = (areDone: boolean) => {
            this.#hasMissed = areDone && others.which === "misses";
            if (others.which !== "rivals") send((settle) => answer(settle));
            // Who waits for a rival stands still before it sends, and then comes before the rival.
            else if (!process.dead) send((settle) => answer(settle), LEAST_WAY_MS);
          };
          heldAnswers.hold(held, others, release, longestHoldOf(others, schedule.functionMs));
        } else send((settle) => heldAnswers.hold(done, others, () => answer(settle)));
        break;
      }
      case "slow":
        send((settle) => answer(settle, fault.ms));
        break;
      case "throttled":
      case "broken":
      case "conflict":
        refuse(errors[fault.kind]());
    }
    return promise;
  }
}

/** The name of the object, in brackets. */
function nameIn({ key }: Call): string {
  return key === undefined ? "" : ` (${key.slice(key.lastIndexOf("/") + 1)})`;
}
