import http from "node:http";
import { describe, expect, test } from "vitest";
import { readProxy } from "../src/proxy.ts";
import { loadSettings, SettingsError } from "../src/settings.ts";

const PROXY = "http://proxy.office:3128";
const withToken = (env: Record<string, string>) => ({ TMDB_TOKEN: "token", ...env });

describe("the proxy of an environment", () => {
  test.each([
    ["nothing", {}, undefined],
    ["a blank", { HTTPS_PROXY: " " }, undefined],
    ["only exceptions", { NO_PROXY: "office" }, undefined],
    ["HTTPS_PROXY", { HTTPS_PROXY: PROXY }, { HTTPS_PROXY: PROXY }],
    ["https_proxy", { https_proxy: PROXY }, { HTTPS_PROXY: PROXY }],
    ["http_proxy", { http_proxy: PROXY }, { HTTP_PROXY: PROXY }],
    ["both cases, of which the lower counts", { https_proxy: PROXY, HTTPS_PROXY: "http://x" }, { HTTPS_PROXY: PROXY }],
    ["ALL_PROXY", { ALL_PROXY: PROXY }, { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY }],
    [
      "ALL_PROXY beside another",
      { all_proxy: "http://x", HTTP_PROXY: PROXY },
      { HTTP_PROXY: PROXY, HTTPS_PROXY: "http://x" },
    ],
    ["a host without a scheme", { HTTPS_PROXY: "proxy.office:3128" }, { HTTPS_PROXY: PROXY }],
  ])("is read of %s", (_, env, proxy) => {
    if (proxy) expect(readProxy(env)).toEqual({ ...proxy, NO_PROXY: expect.any(String) });
    else expect(readProxy(env)).toBeUndefined();
  });

  test.each([
    ["HTTPS_PROXY", "socks5://user:s3cret@proxy:1080"],
    ["https_proxy", "http://user:s3cret@"],
    ["ALL_PROXY", "http://user:s3cret@a proxy"],
  ])("in %s=%s is refused in one line that does not show it", (name, value) => {
    const read = () => loadSettings(withToken({ [name]: value }));
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(new RegExp(`^${name} must be an HTTP proxy such as http://proxy:3128; [^\n]*$`));
    expect(read).not.toThrow(/s3cret/);
  });

  test.each([
    ["another protocol has", { HTTPS_PROXY: PROXY, ALL_PROXY: "socks5://proxy:1080" }, { HTTPS_PROXY: PROXY }],
    ["another protocol alone has", { HTTP_PROXY: "socks5://proxy:1080" }, undefined],
    ["is not for TMDB", { ALL_PROXY: "socks5://proxy:1080", NO_PROXY: "a, themoviedb.org" }, undefined],
    ["is for nobody", { ALL_PROXY: "socks5://proxy:1080", NO_PROXY: "*" }, undefined],
  ])("of a kind that can't be used is not refused where it %s", (_, env, proxy) => {
    const read = loadSettings(withToken(env)).tmdb.proxy;
    if (proxy) expect(read).toEqual({ ...proxy, NO_PROXY: expect.any(String) });
    else expect(read).toBeUndefined();
  });

  test("is nothing to those who ask nobody", () => {
    expect(loadSettings({ HTTPS_PROXY: "socks5://proxy:1080" }).tmdb.proxy).toBeUndefined();
  });
});

// Nobody listens there.
const GONE = "http://127.0.0.1:1";

/** The host that a request asks first: its own, or else the proxy. */
function firstHop(url: string, env: Record<string, string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const agent = new http.Agent({ proxyEnv: { ...readProxy(env) } });
  const lookup: http.RequestOptions["lookup"] = (host, _, done) => {
    resolve(host);
    done(new Error("found out"), []);
  };
  http.get(url, { agent, lookup }).on("error", () => resolve("the proxy"));
  return promise;
}

describe("a request", () => {
  const TMDB = "http://api.themoviedb.org/3";

  test.each(["", "example.com", "db.org", "themoviedb.org.example.com", "api.themoviedb.org:8080"])(
    "asks the proxy where NO_PROXY is %j",
    async (exceptions) => {
      expect(await firstHop(TMDB, { HTTP_PROXY: GONE, NO_PROXY: exceptions })).toBe("the proxy");
    },
  );

  test.each([
    "*",
    "api.themoviedb.org",
    "themoviedb.org",
    ".themoviedb.org",
    "*.themoviedb.org",
    "THEMOVIEDB.ORG",
    "a, api.themoviedb.org:80",
    "a .org c",
  ])("asks nobody else where NO_PROXY is %j", async (exceptions) => {
    expect(await firstHop(TMDB, { HTTP_PROXY: GONE, NO_PROXY: exceptions })).toBe("api.themoviedb.org");
  });
});
