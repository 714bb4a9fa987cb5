import { once } from "node:events";
import http from "node:http";
import { buffer } from "node:stream/consumers";
import { startTmdbStandIn } from "@lotes/local";
import { movie } from "./budget.ts";

const TOKEN = "token";

/**
 * What connections get from the stand-in when each asks again the moment it has its answer, and nothing is done with that: the most that
 * any client could.
 * @returns requests a second
 */
export async function plainConnections(connections: number, latencyMs: number, requests: number): Promise<number> {
  const facts = Array.from({ length: requests }, (_, n) => movie(1_000_000 + n));
  const tmdb = await startTmdbStandIn({ facts, token: TOKEN, latencyMs });
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const left = facts.map(({ imdb_id }) => imdb_id);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        const [answer] = await once(http.get(`${tmdb.url}/3/movie/${id}`, { agent, headers }), "response");
        await buffer(answer);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  await tmdb.stop();
  return requests / seconds;
}
