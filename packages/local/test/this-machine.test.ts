import http from "node:http";
import { readProxy } from "@lotes/core";
import { describe, expect, test } from "vitest";
import { isThisMachine, proxyVariables } from "../src/this-machine.ts";

// Nobody listens there.
const GONE = "http://127.0.0.1:1";

/** The host that a function's request asks first: its own, or else the proxy. */
function firstHop(url: string, env: Record<string, string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const agent = new http.Agent({ proxyEnv: { ...readProxy(proxyVariables(env)) } });
  const lookup: http.RequestOptions["lookup"] = (host, _, done) => {
    resolve(host);
    done(new Error("found out"), []);
  };
  http.get(url, { agent, lookup }).on("error", () => resolve("the proxy"));
  return promise;
}

describe("a server on this machine", () => {
  test.each(["127.0.0.1:1234", "localhost:1234", "[::1]:1234", "tmdb.localhost", "127.8.9.1"])("is %s", (host) => {
    expect(isThisMachine(`http://${host}/3`)).toBe(true);
  });

  test.each(["api.themoviedb.org", "localhost.example.com", "10.0.0.1", "1270.0.0.1.example"])("is not %s", (host) => {
    expect(isThisMachine(`http://${host}/3`)).toBe(false);
  });

  test.each([{}, { NO_PROXY: "example.com" }, { no_proxy: "example.com" }])(
    "is asked without the proxy, with %j too",
    async (exceptions) => {
      const env = { ALL_PROXY: GONE, ...exceptions };
      for (const host of ["localhost", "a.localhost"]) expect(await firstHop(`http://${host}:9/`, env)).toBe(host);
      expect(await firstHop("http://tmdb.test/", env)).toBe("the proxy");
    },
  );
});
