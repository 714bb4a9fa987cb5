import { describe, expect, test } from "vitest";
import { loadSettings, requireToken, SETTING_NAMES, SettingsError } from "../src/settings.ts";

/** The line an operator reads. */
function complaint(env: Record<string, string>): string {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(env)}`);
}

describe("with nothing set", () => {
  test("the defaults are in force", () => {
    expect(loadSettings({})).toEqual({
      tmdb: {
        token: undefined,
        baseUrl: "https://api.themoviedb.org",
        language: "pt-BR",
        requestsPerSecond: 40,
      },
      consumerConcurrency: 2,
      filter: { minYear: 1960, minVotes: 10_000, genres: ["crime", "war"] },
      loteSize: 100,
      maxMalformedPercent: 1,
      reuseHours: 0,
    });
  });

  test("an empty or blank variable means the default as well", () => {
    const empty = Object.fromEntries(SETTING_NAMES.map((name) => [name, ""]));
    const blank = Object.fromEntries(SETTING_NAMES.map((name) => [name, "  "]));
    expect(loadSettings(empty)).toEqual(loadSettings({}));
    expect(loadSettings(blank)).toEqual(loadSettings({}));
  });

  test("a token is asked for only where one is needed", () => {
    const { tmdb } = loadSettings({});
    expect(() => requireToken(tmdb)).toThrow(SettingsError);
    expect(() => requireToken(tmdb)).toThrow(/^TMDB_TOKEN is not set: /);
  });
});

describe("what is set", () => {
  test.each(["4321", "-1", "1.5", "1e3", "six"])(
    "as REUSE_HOURS must be a whole number to 4320, not %s",
    (REUSE_HOURS) => {
      expect(complaint({ REUSE_HOURS })).toBe(
        `REUSE_HOURS must be a whole number of hours from 0 to 4320 (0 asks TMDB for every id), not "${REUSE_HOURS}"`,
      );
    },
  );

  test("is taken over", () => {
    const settings = loadSettings({
      TMDB_TOKEN: "0123456789abcdef0123456789abcdef",
      TMDB_BASE_URL: "http://localhost:4567/tmdb",
      TMDB_LANGUAGE: "en",
      TMDB_REQUESTS_PER_SECOND: "30",
      CONSUMER_CONCURRENCY: "3",
      MIN_YEAR: "1990",
      MIN_VOTES: "0",
      GENRES: "Drama, SCI-FI",
      LOTE_SIZE: "50",
      MAX_MALFORMED_PERCENT: "2.5",
      REUSE_HOURS: "4320",
    });
    expect(settings).toEqual({
      tmdb: {
        token: "0123456789abcdef0123456789abcdef",
        baseUrl: "http://localhost:4567/tmdb",
        language: "en",
        requestsPerSecond: 30,
      },
      consumerConcurrency: 3,
      filter: { minYear: 1990, minVotes: 0, genres: ["drama", "sci-fi"] },
      loteSize: 50,
      maxMalformedPercent: 2.5,
      reuseHours: 4320,
    });
    expect(requireToken(settings.tmdb)).toBe("0123456789abcdef0123456789abcdef");
  });

  test.each(["https://tmdb.test", "https://tmdb.test/", "https://tmdb.test//"])("as %s ends without a slash", (url) => {
    expect(loadSettings({ TMDB_BASE_URL: url }).tmdb.baseUrl).toBe("https://tmdb.test");
  });

  test.each([
    ["https://api.themoviedb.org/3", "https://api.themoviedb.org"],
    ["https://api.themoviedb.org/3/", "https://api.themoviedb.org"],
    ["https://gateway.test/tmdb/3/", "https://gateway.test/tmdb"],
    ["HTTPS://API.TheMovieDB.org", "https://api.themoviedb.org"],
    ["https://gateway.test/v3", "https://gateway.test/v3"],
  ])("as %s, a base URL by TMDB's documentation, is without the version", (url, base) => {
    expect(loadSettings({ TMDB_BASE_URL: url }).tmdb.baseUrl).toBe(base);
  });

  test.each(['"%s"', "'%s'", " '%s' ", '"%s "'])("is taken out of quotes, where a shell left them: %s", (form) => {
    const env = { TMDB_TOKEN: "a.b.c", GENRES: "drama, crime", MIN_YEAR: "1990", TMDB_BASE_URL: "https://tmdb.test" };
    const quoted = Object.entries(env).map(([name, value]) => [name, form.replace("%s", value)]);
    expect(loadSettings(Object.fromEntries(quoted))).toEqual(loadSettings(env));
  });

  test("is trimmed, as what was pasted often has to be", () => {
    expect(loadSettings({ TMDB_TOKEN: " a.b.c\n", LOTE_SIZE: " 10 " })).toMatchObject({
      tmdb: { token: "a.b.c" },
      loteSize: 10,
    });
  });

  test("beside the settings is nobody's business", () => {
    expect(loadSettings({ PATH: "/bin", LOTE_SIZES: "x" })).toEqual(loadSettings({}));
  });
});

describe("a base URL", () => {
  test.each([
    ["a user and a password", "https://ana:s3cret@tmdb.test"],
    ["a user", "https://s3cret@tmdb.test"],
    ["a key in a query", "https://tmdb.test/?api_key=s3cret"],
    ["a fragment", "https://tmdb.test/#s3cret"],
    ["a password that is none of a URL's", "https://ana:s3c ret@"],
  ])("with %s is refused in one line that does not show it", (_, url) => {
    const line = complaint({ TMDB_BASE_URL: url });
    expect(line).toMatch(/^TMDB_BASE_URL must be a URL such as https:\/\/api.themoviedb.org, without [^\n]*$/);
    expect(line).not.toMatch(/s3c|ana/);
  });

  test.each([
    "https://api.themoviedb.org/4",
    "https://api.themoviedb.org/3/movie",
    "https://www.themoviedb.org/movie",
    "https://api.tmdb.org/3/movie/",
    "https://api.themoviedb.org./4",
    "https://www.themoviedb.org",
    "https://themoviedb.org/3",
    "http://api.themoviedb.org",
    "https://gateway.test/a b",
    "https://api.themoviedb.org /3",
  ])("%s, which leads to no movie, is refused", (url) => {
    expect(complaint({ TMDB_BASE_URL: url })).toContain("TMDB_BASE_URL must be a URL such as");
  });
});

describe("a wrong value", () => {
  test.each([
    ["TMDB_BASE_URL", "api.themoviedb.org"],
    ["TMDB_BASE_URL", "ftp://api.themoviedb.org"],
    ["TMDB_BASE_URL", "https://"],
    ["TMDB_LANGUAGE", "portuguese"],
    ["TMDB_LANGUAGE", "pt_BR"],
    ["TMDB_REQUESTS_PER_SECOND", "0"],
    ["TMDB_REQUESTS_PER_SECOND", "forty"],
    ["TMDB_REQUESTS_PER_SECOND", "39.5"],
    ["TMDB_REQUESTS_PER_SECOND", "-1"],
    ["TMDB_REQUESTS_PER_SECOND", "4e1"],
    ["TMDB_REQUESTS_PER_SECOND", "99999999999999999999"],
    ["CONSUMER_CONCURRENCY", "1"],
    ["CONSUMER_CONCURRENCY", "1001"],
    ["MIN_YEAR", "nineteen sixty"],
    ["MIN_VOTES", "10,000"],
    ["GENRES", ","],
    ["GENRES", "crime,,war"],
    ["LOTE_SIZE", "0"],
    ["MAX_MALFORMED_PERCENT", "100.1"],
    ["MAX_MALFORMED_PERCENT", "1 %"],
    ["MAX_MALFORMED_PERCENT", "-1"],
    ["LOTE_SIZE", "151"],
    ["LOTE_SIZE", "ten\nthousand"],
  ])("%s=%j is told in one line that names it and what it was given", (name, value) => {
    const line = complaint({ [name]: value });
    expect(line).toMatch(new RegExp(`^${name} must be `));
    expect(line).toContain(JSON.stringify(value));
    expect(line).not.toContain("\n");
    expect(SETTING_NAMES.filter((each) => line.includes(each))).toEqual([name]);
  });

  test("is told together with every other one", () => {
    const line = complaint({ MIN_YEAR: "x", LOTE_SIZE: "y", TMDB_LANGUAGE: "z", MIN_VOTES: "5" });
    expect(SETTING_NAMES.filter((name) => line.includes(`${name} must be`))).toEqual([
      "TMDB_LANGUAGE",
      "MIN_YEAR",
      "LOTE_SIZE",
    ]);
    expect(line).not.toContain("\n");
  });

  test.each(["two words", "with\ttab", "ação", "Bearer abc"])(
    "of the token (%j) is told without the token",
    (token) => {
      const line = complaint({ TMDB_TOKEN: token });
      expect(line).toMatch(/^TMDB_TOKEN must be /);
      expect(line).not.toContain(token);
    },
  );

  test("of another setting is told without the token", () => {
    const line = complaint({ TMDB_TOKEN: "s3cr3t-t0k3n", LOTE_SIZE: "many", TMDB_BASE_URL: "nowhere" });
    expect(line).not.toContain("s3cr3t-t0k3n");
  });
});

describe("settings that don't go together", () => {
  test("more consumers than requests per second would leave some with none", () => {
    const line = complaint({ TMDB_REQUESTS_PER_SECOND: "4", CONSUMER_CONCURRENCY: "5", LOTE_SIZE: "1" });
    expect(line).toMatch(/^CONSUMER_CONCURRENCY must not exceed TMDB_REQUESTS_PER_SECOND \(4\)/);
    expect(line).not.toContain("\n");
  });

  test("as many consumers as requests per second are one each", () => {
    const env = { TMDB_REQUESTS_PER_SECOND: "5", CONSUMER_CONCURRENCY: "5", LOTE_SIZE: "30" };
    expect(loadSettings(env).consumerConcurrency).toBe(5);
  });

  test("a lote must fit into half of a consumer's minute", () => {
    const slow = { TMDB_REQUESTS_PER_SECOND: "8", CONSUMER_CONCURRENCY: "2" };
    expect(loadSettings({ ...slow, LOTE_SIZE: "120" }).loteSize).toBe(120);
    expect(complaint({ ...slow, LOTE_SIZE: "121" })).toMatch(/^LOTE_SIZE must be at most 120: /);
  });

  test("the largest lote fits at the default rate", () => {
    expect(loadSettings({ LOTE_SIZE: "150" }).loteSize).toBe(150);
  });

  test("a lote of the default size may not fit at a low rate", () => {
    const slow = { TMDB_REQUESTS_PER_SECOND: "7", CONSUMER_CONCURRENCY: "2" };
    // Three each: 90 ids in half a minute.
    expect(loadSettings({ ...slow, LOTE_SIZE: "90" }).loteSize).toBe(90);
    expect(complaint(slow)).toMatch(/^LOTE_SIZE must be at most 90: .*100 ids/);
  });
});
