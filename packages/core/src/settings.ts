import { hash } from "node:crypto";
import * as z from "zod/mini";
import { filterOf, filterSettings } from "./dataset/movie-filter.ts";
import { LONGEST_KEPT_DAYS, type MovieFilter } from "./dataset/movies.ts";
import { type ProxyEnvironment, readProxy } from "./proxy.ts";
import { readEnvironment, SettingsError, wholeNumber } from "./read-environment.ts";
import { CONSUMER_TIME, MOST_IDS_OF_A_LOTE } from "./topology.ts";

export { SettingsError };

export interface TmdbSettings {
  /** A v4 read access token or a 32-character v3 key. Secret. */
  readonly token: string | undefined;
  readonly baseUrl: string;
  readonly language: string;
  /** The budget of all consumers together. */
  readonly requestsPerSecond: number;
  /** Undefined when no proxy is to be asked. Secret. */
  readonly proxy?: ProxyEnvironment | undefined;
}

export interface Settings {
  readonly tmdb: TmdbSettings;
  readonly consumerConcurrency: number;
  readonly filter: MovieFilter;
  readonly loteSize: number;
  /** How many of a CSV's rows may be malformed, and how many have numbers that can't be read, each in percent. */
  readonly maxMalformedPercent: number;
  /** A record that TMDB gave less than so long ago is not asked for again; 0 to ask for every one. */
  readonly reuseHours: number;
}

const MOST_REUSE_HOURS = LONGEST_KEPT_DAYS * 24;

const TMDB_HOST = /(^|\.)(themoviedb|tmdb)\.org\.?$/;

/** A URL of TMDB's own that is not its API answers with pages: each id would seem unknown. Its API answers http with a redirect. */
const isUsable = ({ protocol, hostname, pathname }: Pick<URL, "protocol" | "hostname" | "pathname">): boolean =>
  !TMDB_HOST.test(hostname) || (hostname.startsWith("api.") && protocol === "https:" && pathname === "/");

/** Without the slash at the end, and without the version that TMDB's documentation counts among the base URL: `/3` comes with each request. */
function baseOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.replace(/\/+$/, "").replace(/\/+3$/, "");
}

/** Each setting with its default and, for the error line, what it takes. */
const schema = {
  TMDB_TOKEN: {
    // Anything else could not travel in a header, and the error for that would come once per movie.
    type: z.optional(z.string().check(z.regex(/^[\x21-\x7e]+$/))),
    takes: "TMDB's API read access token, or its 32-character API key, without spaces and without the word Bearer",
    isSecret: () => true,
  },
  TMDB_BASE_URL: {
    type: z._default(
      z
        // What follows it is a path and a query of the client's own, and credentials would be shown with every error.
        .pipe(z.url({ protocol: /^https?$/ }).check(z.refine((url) => !/[\s@?#]/.test(url))), z.transform(baseOf))
        .check(z.refine((url) => isUsable(new URL(url)))),
      "https://api.themoviedb.org",
    ),
    takes:
      "a URL such as https://api.themoviedb.org, without a user, a password, spaces, or what follows a ? or #; of TMDB itself no other than https://api.themoviedb.org",
    isSecret: (given: string) => /[@?#]/.test(given),
  },
  TMDB_LANGUAGE: {
    type: z._default(z.string().check(z.regex(/^[a-z]{2}(-[A-Z]{2})?$/)), "pt-BR"),
    takes: "a language such as pt-BR or en",
  },
  // TMDB states a limit "somewhere in the 40 requests per second range".
  TMDB_REQUESTS_PER_SECOND: { type: z._default(wholeNumber(1), 40), takes: "a whole number from 1" },
  // 2 is the least maximum concurrency SQS accepts for an event source, 1,000 the most.
  CONSUMER_CONCURRENCY: { type: z._default(wholeNumber(2, 1000), 2), takes: "a whole number from 2 to 1000" },
  ...filterSettings(),
  LOTE_SIZE: {
    type: z._default(wholeNumber(1, MOST_IDS_OF_A_LOTE), 100),
    takes: `a whole number from 1 to ${MOST_IDS_OF_A_LOTE}`,
  },
  MAX_MALFORMED_PERCENT: {
    type: z._default(
      z
        .pipe(z.string().check(z.regex(/^\d+(\.\d+)?$/)), z.transform(Number))
        .check(z.refine((percent) => percent <= 100)),
      1,
    ),
    takes: "a percentage from 0 to 100, such as 1 or 0.5 (a CSV with more malformed rows is rejected)",
  },
  REUSE_HOURS: {
    type: z._default(wholeNumber(0, MOST_REUSE_HOURS), 0),
    takes: `a whole number of hours from 0 to ${MOST_REUSE_HOURS} (0 asks TMDB for every id)`,
  },
} as const;

/** The names of all settings, as they stand in the environment. */
export const SETTING_NAMES = Object.keys(schema) as (keyof typeof schema)[];

/**
 * Reads every setting from an environment and checks it.
 * @throws {SettingsError} naming each wrong setting, what it takes and what it was given (never the token).
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const values = readEnvironment(schema, env);
  const settings: Settings = {
    tmdb: {
      token: values.TMDB_TOKEN,
      baseUrl: values.TMDB_BASE_URL,
      language: values.TMDB_LANGUAGE,
      requestsPerSecond: values.TMDB_REQUESTS_PER_SECOND,
      // Without a token nothing is requested. So the proxy's variables may hold anything.
      proxy: values.TMDB_TOKEN === undefined ? undefined : readProxy(env, values.TMDB_BASE_URL),
    },
    consumerConcurrency: values.CONSUMER_CONCURRENCY,
    filter: filterOf(values),
    loteSize: values.LOTE_SIZE,
    maxMalformedPercent: values.MAX_MALFORMED_PERCENT,
    reuseHours: values.REUSE_HOURS,
  };
  checkTogether(settings);
  return settings;
}

function checkTogether({ tmdb, consumerConcurrency, loteSize }: Settings): void {
  const perConsumer = Math.floor(tmdb.requestsPerSecond / consumerConcurrency);
  if (perConsumer < 1) {
    throw new SettingsError(
      `CONSUMER_CONCURRENCY must not exceed TMDB_REQUESTS_PER_SECOND (${tmdb.requestsPerSecond}): each consumer needs a request per second of its own, and ${consumerConcurrency} would share them`,
    );
  }
  const seconds = Math.ceil(loteSize / perConsumer);
  const most = CONSUMER_TIME.fetchingSeconds;
  if (seconds > most) {
    throw new SettingsError(
      `LOTE_SIZE must be at most ${perConsumer * most}: at ${perConsumer} requests per second a consumer needs ${seconds} s for ${loteSize} ids, and has ${most} s`,
    );
  }
}

/**
 * Whose answers a client with these settings gets, as `MovieSource.origin`. The port does not count: a stand-in for TMDB may have another one
 * each time.
 */
export function originOf({ baseUrl, language }: Pick<TmdbSettings, "baseUrl" | "language">): string {
  return hash("sha256", `${new URL(baseUrl).hostname} ${language}`).slice(0, 8);
}

/**
 * The token, where one is needed.
 * @throws {SettingsError} when none is set.
 */
export function requireToken({ token }: TmdbSettings): string {
  if (token === undefined) throw new SettingsError(`TMDB_TOKEN is not set: it must be ${schema.TMDB_TOKEN.takes}`);
  return token;
}
