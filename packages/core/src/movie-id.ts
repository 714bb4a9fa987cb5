/**
 * Whether TMDB can be asked for the id: an IMDb id (`tt` and at least seven digits) or a TMDB id (digits).
 * Anything else would be put into the path of a URL.
 */
export function isMovieId(id: string): boolean {
  return /^(tt\d{7,}|\d+)$/.test(id);
}
