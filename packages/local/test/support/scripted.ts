import { FunctionError } from "../../src/lambda/execution-environment.ts";
import type { Invoked } from "../../src/lambda/lambda-function.ts";

/**
 * What a function does with an event, said by the test: its result, or what it throws.
 * @param invocation counts from 1
 */
export type Script<Event> = (event: Event, invocation: number) => unknown;

/** A function that does as the script says, and the events that it was invoked with, in the order they came. */
export function scripted<Event>(script: Script<Event>): { readonly function: Invoked; readonly events: Event[] } {
  const events: Event[] = [];
  const invoke = async (event: unknown) => {
    const own = structuredClone(event) as Event;
    const invocation = events.push(own);
    try {
      return await script(own, invocation);
    } catch (error) {
      throw new FunctionError(String(error));
    }
  };
  return { function: { invoke }, events };
}
