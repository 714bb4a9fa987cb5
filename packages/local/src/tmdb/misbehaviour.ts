import { type Answer, cutAnswer, errorAnswer, jsonAnswer, pageAnswer, tooManyRequests } from "./answer.ts";
import type { MisbehaviourAnswer, MisbehaviourRule } from "./misbehaviour-rule.ts";

/** A request as the rules see it. */
export interface RuledRequest {
  /** Null when the path names no movie. */
  readonly id: string | null;
  /** Milliseconds from the server's first request to this one's arrival. */
  readonly sinceFirstMs: number;
}

/** Answers requests as the rules say, and keeps count of what each rule has answered. */
export class Misbehaviour {
  readonly #rules: readonly CountedRule[];

  /** @param random uniform in [0, 1) */
  constructor(rules: readonly MisbehaviourRule[], random: () => number) {
    this.#rules = rules.map((rule) => new CountedRule(rule, random));
  }

  /**
   * Undefined when no rule matches: the request is then treated properly.
   * @param proper what it is answered with then
   */
  answer(request: RuledRequest, proper: () => Answer): Answer | "hang" | "reset" | undefined {
    const match = this.#rules.find((rule) => rule.matches(request));
    return match && answerOf(match.take(request), proper);
  }
}

class CountedRule {
  readonly #rule: MisbehaviourRule;
  readonly #random: () => number;
  #answered = 0;
  readonly #answeredById = new Map<string | null, number>();

  constructor(rule: MisbehaviourRule, random: () => number) {
    this.#rule = rule;
    this.#random = random;
  }

  matches({ id, sinceFirstMs }: RuledRequest): boolean {
    const { ids, share, times, limit, window } = this.#rule;
    if (ids && (id === null || !ids.includes(id))) return false;
    if (times !== undefined && this.#answersTo(id) >= times) return false;
    if (limit !== undefined && this.#answered >= limit) return false;
    if (window && (sinceFirstMs < window.fromMs || sinceFirstMs >= window.toMs)) return false;
    // Last, so that only requests the rule is about use up a draw.
    return share === undefined || this.#random() < share;
  }

  take({ id }: RuledRequest): MisbehaviourAnswer {
    this.#answered++;
    this.#answeredById.set(id, this.#answersTo(id) + 1);
    return this.#rule.answer;
  }

  #answersTo(id: string | null): number {
    return this.#answeredById.get(id) ?? 0;
  }
}

const ERROR_OF_STATUS = {
  401: "suspendedKey",
  422: "invalidParameters",
  500: "internalError",
  503: "offline",
  504: "timedOut",
} as const;

function answerOf(answer: MisbehaviourAnswer, proper: () => Answer): Answer | "hang" | "reset" {
  switch (answer) {
    case "hang":
    case "reset":
      return answer;
    case "html":
      return pageAnswer(200);
    case "empty":
      return { ...jsonAnswer(200, null), body: "" };
    case "cut":
      return cutAnswer(proper());
    case "cut gzip":
      return cutAnswer(proper(), "gzip");
    case "cut br":
      return cutAnswer(proper(), "br");
  }
  if ("page" in answer) return pageAnswer(answer.status);
  if ("byteEveryMs" in answer) return { ...proper(), byteEveryMs: answer.byteEveryMs };
  if (answer.status === 200) return jsonAnswer(200, answer.body);
  if (answer.status === 429) return tooManyRequests(answer.retryAfter);
  return errorAnswer(ERROR_OF_STATUS[answer.status]);
}
