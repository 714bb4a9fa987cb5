export { TmdbClient, type TmdbTiming } from "./tmdb-client.ts";
