import http, { type RequestOptions } from "node:http";
import https from "node:https";
import { urlToHttpOptions } from "node:url";
import type { ProxyEnvironment, TmdbSettings } from "@lotes/core";
import axios, { type AxiosAdapter, type AxiosInstance } from "axios";
import { ENCODINGS } from "./answer-body.ts";
import { Exchange } from "./exchange.ts";

/** Axios without its defaults: it merges them into each request, and the sender below needs none of them. */
export function bareAxios(): AxiosInstance {
  const instance = axios.create();
  for (const name of Object.keys(instance.defaults)) Reflect.deleteProperty(instance.defaults, name);
  return instance;
}

/**
 * Sends a request for the path in `url` by Node's HTTP, in the place of axios's own adapter. Axios's is made for requests of any kind. TMDB's
 * differ in their paths only, and their answers are small: this takes a quarter less of a consumer's CPU (docs/benchmarks.md).
 * @param connections at once, at the most
 * @param attemptMs the time of an attempt, in milliseconds
 */
export function tmdbHttp(
  { baseUrl, language, proxy }: TmdbSettings,
  token: string,
  connections: number,
  attemptMs: number,
): AxiosAdapter {
  const url = new URL(baseUrl);
  const { protocol, hostname, port } = urlToHttpOptions(url);
  const { request, Agent } = protocol === "https:" ? https : http;
  const { parameters, headers } = credentials(token);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ...throughProxy(proxy, attemptMs) });
  const options: RequestOptions = { protocol, hostname, port, agent, headers };
  const base = url.pathname.replace(/\/$/, "");
  const query = new URLSearchParams({ language, ...parameters });
  return (config) =>
    new Promise((resolve, reject) => {
      // No redirect is followed: that would be a request that the limiter never saw.
      const path = `${base}${config.url}?${query}`;
      new Exchange(config, resolve, reject).begin(request, { ...options, path });
    });
}

/** Node's own agents make the tunnels and keep them, so there are as few connections as without a proxy. */
function throughProxy(proxy: ProxyEnvironment | undefined, attemptMs: number) {
  // A request that ends before its tunnel is made leaves the tunnel behind. This timeout ends a tunnel if the proxy never answers.
  return proxy && { proxyEnv: { ...proxy }, timeout: attemptMs };
}

/** A v3 key has 32 hexadecimal digits and travels as a parameter; everything else is a v4 token. */
function credentials(token: string) {
  const headers = {
    Accept: "application/json",
    "Accept-Encoding": ENCODINGS.join(", "),
    "User-Agent": `axios/${axios.VERSION}`,
  };
  return /^[0-9a-f]{32}$/i.test(token)
    ? { parameters: { api_key: token }, headers }
    : { parameters: {}, headers: { ...headers, Authorization: `Bearer ${token}` } };
}
