import http from "node:http";
import https from "node:https";
import type { ProxyEnvironment, TmdbSettings } from "@lotes/core";
import type { CreateAxiosDefaults } from "axios";

// A movie has some 5 kB. What is beyond 256 KiB is none, and must not fill the memory, of which a consumer has some 40 MiB left for ten answers at once.
const LARGEST_ANSWER_BYTES = 256 * 1024;

/**
 * How axios talks to TMDB.
 * @param connections at once, at the most
 * @param attemptMs the time of an attempt, in milliseconds
 */
export function httpOptions(
  { baseUrl, language, proxy }: TmdbSettings,
  token: string,
  connections: number,
  attemptMs: number,
): CreateAxiosDefaults {
  const agent = { keepAlive: true, maxSockets: connections, ...throughProxy(proxy, attemptMs) };
  return {
    baseURL: baseUrl,
    ...credentials(token, { language }),
    maxContentLength: LARGEST_ANSWER_BYTES,
    // A followed redirect would be a request that the limiter never saw.
    maxRedirects: 0,
    validateStatus: (status) => status === 200,
    httpAgent: new http.Agent(agent),
    httpsAgent: new https.Agent(agent),
    // Without this axios would read the proxy's variables itself, and open a connection for each request.
    ...(proxy === undefined && { proxy: false as const }),
  };
}

/** Node's own agents make the tunnels and keep them, so there are as few connections as without a proxy. */
function throughProxy(proxy: ProxyEnvironment | undefined, attemptMs: number) {
  // A request that ends before its tunnel is made leaves the tunnel behind. This timeout ends a tunnel if the proxy never answers.
  return proxy && { proxyEnv: { ...proxy }, timeout: attemptMs };
}

/** A v3 key has 32 hexadecimal digits and travels as a parameter; everything else is a v4 token. */
function credentials(token: string, params: Record<string, string>) {
  return /^[0-9a-f]{32}$/i.test(token)
    ? { params: { ...params, api_key: token } }
    : { params, headers: { Authorization: `Bearer ${token}` } };
}
