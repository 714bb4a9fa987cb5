import type { TmdbSettings } from "@lotes/core";
import { recordedFacts, startTmdbStandIn } from "@lotes/local";
import { isThisMachine } from "@lotes/local/this-machine";
import { takeBudget } from "./budget-lock.ts";
import { note } from "./output.ts";

/** The TMDB a local run talks to, and the settings that lead there. */
export interface TmdbForRun extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
}

// Any token will do: the stand-in only checks that the consumers send this one.
const STAND_IN_TOKEN = "stand-in-token";
// As TMDB answers from another continent.
const STAND_IN_LATENCY_MS = { min: 40, max: 160 };

/**
 * TMDB itself, or whatever TMDB_BASE_URL names, when there is a token, as soon as no other process of the user asks it; else a stand-in of its
 * own, which is said in one line.
 * @param signal ends the waiting; its reason is thrown
 */
export async function tmdbForRun(
  { token, baseUrl, requestsPerSecond }: TmdbSettings,
  signal: AbortSignal,
): Promise<TmdbForRun> {
  if (token !== undefined) {
    if (baseUrl.startsWith("http:") && !isThisMachine(baseUrl)) {
      note("! TMDB_TOKEN travels unencrypted, since TMDB_BASE_URL begins with http: write https, if the server has it");
    }
    const giveBack = await takeBudget(baseUrl, { signal });
    return { settings: {}, [Symbol.asyncDispose]: async () => giveBack() };
  }
  const others = namesLikeToken(process.env);
  const hint = others.length === 0 ? "" : ` (${others.join(", ")} is not read: name it TMDB_TOKEN)`;
  note(`TMDB_TOKEN is not set${hint}: a stand-in with recorded facts answers for TMDB.`);
  const standIn = await startTmdbStandIn({
    facts: recordedFacts(),
    token: STAND_IN_TOKEN,
    requestsPerSecond,
    latencyMs: STAND_IN_LATENCY_MS,
  });
  return {
    settings: { TMDB_BASE_URL: standIn.url, TMDB_TOKEN: STAND_IN_TOKEN },
    [Symbol.asyncDispose]: () => standIn.stop(),
  };
}

/** Names that somebody has given to TMDB's token, as other tools call it. Unseen, they would get the stand-in's records for TMDB's. */
export function namesLikeToken(env: Readonly<Record<string, string | undefined>>): string[] {
  const pattern =
    /^(export |set |\$env:)?_*TMDB_?(V[34]_?)?(API_?)?(READ_?)?(ACCESS_?)?(TOKEN|KEY|BEARER|BEARER_TOKEN)$/i;
  return Object.keys(env).filter((name) => pattern.test(name) && name !== "TMDB_TOKEN" && env[name]?.trim());
}
