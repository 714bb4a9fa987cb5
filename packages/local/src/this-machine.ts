import { PROXY_VARIABLES } from "@lotes/core";

// In the form of `NO_PROXY`: Node takes a range of addresses.
const HOSTS = ["localhost", ".localhost", "127.0.0.0-127.255.255.255", "::1"];

/** Whether a URL leads to a server on this machine. */
export function isThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|(.+\.)?localhost)$/.test(hostname);
}

/** The variables that tell of a proxy, such that none is asked for a server on this machine: no proxy reaches it. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = PROXY_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  const exceptions = env.no_proxy?.trim() || env.NO_PROXY || "";
  return { ...Object.fromEntries(given), no_proxy: [exceptions, ...HOSTS].join(",") };
}
