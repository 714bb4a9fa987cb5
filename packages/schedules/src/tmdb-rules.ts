import type { MisbehaviourRule } from "@lotes/local";
import type { Random } from "@lotes/local/sample/random";
import { FIRST_KNOWN, KNOWN, TWINS } from "./known.ts";
import { happens, ONE_IN } from "./one-in.ts";

/** TMDB misbehaving in the ways of the reasons table. Each rule ends, by its count or its window: a run has to settle. */
export function rulesOf(random: Random): MisbehaviourRule[] {
  return Array.from({ length: random.pick([0, 1, 2, 3]) }, () =>
    random.pick(happens(random, ONE_IN.oddAnswer) ? ODD_ANSWERS : PLAIN_ANSWERS)(random),
  );
}

/** TMDB does not come to the end of its first answers. */
export function hangingRules(random: Random): MisbehaviourRule[] {
  return [{ share: 0.3, limit: random.between(1, 4), answer: "hang" }];
}

/** TMDB does not take the token of its first requests. */
export function refusingRule(random: Random): MisbehaviourRule {
  return { limit: random.between(1, 6), answer: { status: 401 } };
}

type Rule = (random: Random) => MisbehaviourRule;

const PLAIN_ANSWERS: readonly Rule[] = [
  (random) => ({ ...windowOf(random), answer: { status: 429 } }),
  (random) => ({
    limit: random.between(1, 5),
    answer: { status: 429, retryAfter: random.pick([0, 1, "soon", "-5"]) },
  }),
  (random) => ({ ids: idsOf(random), times: random.between(1, 12), answer: { status: random.pick([500, 503, 504]) } }),
  () => ({ share: 0.2, limit: 20, answer: { status: 503 } }),
  (random) => ({ ids: idsOf(random), times: random.between(1, 4), answer: "reset" }),
  () => ({ share: 0.1, limit: 10, answer: "reset" }),
  (random) => ({ ids: idsOf(random).slice(0, 2), times: 1, answer: "hang" }),
  (random) => ({ ...windowOf(random), answer: { status: 401 } }),
  () => ({ limit: 1, answer: { status: 401 } }),
];

/** Of what stands before TMDB, or of a TMDB that is not itself. */
const ODD_ANSWERS: readonly Rule[] = [
  (random) => ({ ids: idsOf(random), times: random.between(1, 3), answer: "html" }),
  (random) => ({
    ids: idsOf(random),
    times: random.between(1, 3),
    answer: random.pick(["empty", "cut", "cut gzip", "cut br"]),
  }),
  (random) => ({
    ids: idsOf(random),
    times: 1,
    answer: { status: 200, body: random.pick([null, {}, [], { id: "x" }, "text"]) },
  }),
  // The right shape, and another movie. By an IMDb id TMDB may find a movie that has another one: the two were merged.
  (random) => ({
    ids: idsOf(random).map((id) => id.replace("tt", "")),
    times: 1,
    answer: { status: 200, body: { id: 5, imdb_id: "tt0000005", title: "Other" } },
  }),
  (random) => ({ limit: random.between(1, 3), answer: { status: 403, page: true } }),
  (random) => ({ ids: idsOf(random).slice(0, 2), times: 1, answer: { status: 200, byteEveryMs: 300 } }),
  () => ({ limit: 1, answer: { status: 429, retryAfter: 3_600 } }),
];

/** TMDB fails at a few of a CSV's movies under one of their two ids, for as long as a lote lasts. */
export function ruleForTwins(random: Random): MisbehaviourRule {
  return { ids: idsOf(random, TWINS), times: 12, answer: { status: 503 } };
}

function idsOf(random: Random, known = KNOWN): string[] {
  return Array.from({ length: random.between(1, 6) }, () => `tt${FIRST_KNOWN + random.below(known)}`);
}

function windowOf(random: Random): Pick<MisbehaviourRule, "window"> {
  const fromMs = random.below(3_000);
  return { window: { fromMs, toMs: fromMs + random.between(200, 2_500) } } as Pick<MisbehaviourRule, "window">;
}

/** The ids that TMDB answers with something that is no movie, or with another one. */
export function misansweredBy(tmdb: readonly MisbehaviourRule[]): Set<string> {
  return idsOfRules(tmdb, (answer) =>
    typeof answer === "string" ? answer !== "hang" && answer !== "reset" : answer.status === 200 && "body" in answer,
  );
}

/** The ids of which TMDB begins to send the movie and never comes to its end: too slowly, or cut off in the middle of its compression. */
export function brokenOffBy(tmdb: readonly MisbehaviourRule[]): Set<string> {
  return idsOfRules(tmdb, (answer) =>
    typeof answer === "string" ? answer.startsWith("cut ") : "byteEveryMs" in answer,
  );
}

function idsOfRules(tmdb: readonly MisbehaviourRule[], are: (answer: MisbehaviourRule["answer"]) => boolean) {
  return new Set(tmdb.filter(({ answer }) => are(answer)).flatMap(({ ids = [] }) => ids));
}
