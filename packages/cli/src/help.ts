import { COMMAND } from "./command-name.ts";

/** What is said in the help of several commands, or of all. */

export const DATE_HELP = "the date of the run (default: today in UTC)";
export const STRICT_HELP = "exit with 3 if ids failed for more than not_found, or an upload was rejected";
export const JSON_HELP = "print one JSON document; everything else stays on stderr";
export const FORCE_HELP = "use the CSV even if too many of its rows are malformed, or none is selected";

export const TARGETS = `

It talks to the local stack (${COMMAND} local), or to the stage that --stage names.`;

export const SETTINGS_HELP = `
Settings come from the environment or from .env:
  TMDB_TOKEN, TMDB_BASE_URL, TMDB_LANGUAGE, TMDB_REQUESTS_PER_SECOND, CONSUMER_CONCURRENCY,
  MIN_YEAR, MIN_VOTES, GENRES, LOTE_SIZE, MAX_MALFORMED_PERCENT,
  REUSE_HOURS
Without TMDB_TOKEN, a program on this machine answers instead of TMDB.`;
