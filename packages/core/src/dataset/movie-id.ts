/** Whether it is `tt` and at least seven digits. */
export function isImdbId(id: string): boolean {
  return /^tt\d{7,}$/.test(id);
}

/** Whether it is TMDB's own: digits. */
export function isTmdbId(id: string): boolean {
  return /^\d+$/.test(id);
}

/**
 * Whether TMDB can be asked for the id: an IMDb id (`tt` and at least seven digits) or a TMDB id (digits).
 * Anything else would be put into the path of a URL.
 */
export function isMovieId(id: string): boolean {
  return isImdbId(id) || isTmdbId(id);
}
