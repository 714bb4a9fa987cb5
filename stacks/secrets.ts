/** TMDB's token: `sst secret set TmdbToken`. Encrypted in SST's state and in the consumer's bundle. */
export function secrets() {
  return { tmdbToken: new sst.Secret("TmdbToken") };
}
