import { type Answer, errorAnswer } from "@lotes/local/tmdb/answer";
import { Misbehaviour } from "@lotes/local/tmdb/misbehaviour";
import type { MisbehaviourRule } from "@lotes/local/tmdb/misbehaviour-rule";
import { MovieCatalogue } from "@lotes/local/tmdb/movie-catalogue";
import type { TimedArrival } from "@lotes/schedules/certain-peak";
import { MOVIES } from "@lotes/schedules/movies";
import type { Simulation } from "./simulation.ts";

const CATALOGUE = new MovieCatalogue(MOVIES);
/** The answers by id, which are the same for all schedules: some 600 bytes of JSON each, as TMDB's. */
const ANSWERS = new Map<string, Answer>();

/** TMDB, at the end of a way on which each request takes its own time. */
export class SimulatedTmdb {
  readonly arrivals: TimedArrival[] = [];
  readonly #simulation: Simulation;
  readonly #random: () => number;
  #misbehaviour: Misbehaviour;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#random = simulation.choices.stream("TMDB");
    this.#misbehaviour = new Misbehaviour(simulation.schedule.tmdb, this.#random);
  }

  /** How long the next message to TMDB is on its way, in milliseconds. */
  way(): number {
    return this.#drawn(this.#simulation.schedule.tmdbWayMs);
  }

  misbehave(rules: readonly MisbehaviourRule[]): void {
    this.#misbehaviour = new Misbehaviour(rules, this.#random);
  }

  /**
   * A request has arrived.
   * @param hasToken whether it carries the token, and not an earlier one
   * @param respond called with the answer when it reaches the sender, if it ever does
   */
  receive(id: string, hasToken: boolean, respond: (answer: Answer | "reset") => void): void {
    const { time } = this.#simulation;
    const reaction = this.#react(id, hasToken);
    const outcome = typeof reaction === "string" ? reaction : reaction.status;
    this.arrivals.push({ at: time.now, uncertainMs: 0, id, outcome });
    this.#simulation.trace(() => `TMDB is asked for ${id}: ${outcome}`);
    if (reaction === "hang") return;
    time.after(this.#drawn(this.#simulation.schedule.tmdbLatencyMs), () => respond(reaction));
  }

  #react(id: string, hasToken: boolean): Answer | "hang" | "reset" {
    const { now } = this.#simulation.time;
    const sinceFirstMs = now - (this.arrivals[0]?.at ?? now);
    const odd = this.#misbehaviour.answer({ id, sinceFirstMs }, () => properAnswer(id));
    if (odd !== undefined) return odd;
    return hasToken ? properAnswer(id) : errorAnswer("invalidKey");
  }

  #drawn({ min, max }: { readonly min: number; readonly max: number }): number {
    return min + this.#random() * (max - min);
  }
}

function properAnswer(id: string): Answer {
  const known = ANSWERS.get(id);
  if (known) return known;
  const answer = CATALOGUE.answer(id);
  ANSWERS.set(id, answer);
  return answer;
}
