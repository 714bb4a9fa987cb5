/** What TMDB knows: so many movies from this IMDb id on. A movie's TMDB id is the number in it. */
export const FIRST_KNOWN = 1_000_000;
export const KNOWN = 80;
/** So many of them, the first, are asked for by both their ids where that is the trouble. */
export const TWINS = 10;
