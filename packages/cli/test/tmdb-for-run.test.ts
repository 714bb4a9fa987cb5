import { expect, test } from "vitest";
import { namesLikeToken } from "../src/tmdb-for-run.ts";

test("a token under a name of other tools is seen, where that is set", () => {
  const names = ["TMDB_API_KEY", "TMDB_ACCESS_TOKEN", "TMDB_API_READ_ACCESS_TOKEN", "tmdb_token", "set TMDB_TOKEN"];
  expect(namesLikeToken(Object.fromEntries(names.map((name) => [name, "s3cret"])))).toEqual(names);
  expect(namesLikeToken({ TMDB_TOKEN: "s3cret", TMDB_API_KEY: " ", TMDB_LANGUAGE: "en", TOKEN: "x" })).toEqual([]);
});
