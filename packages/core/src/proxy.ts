import { SettingsError } from "./read-environment.ts";

/** What leads requests through a proxy, as Node's `http.Agent` takes it. The URLs may hold a password: not for a log. */
export interface ProxyEnvironment {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY: string;
}

const BY_PROTOCOL = { HTTP_PROXY: "http_proxy", HTTPS_PROXY: "https_proxy" } as const;

/** The variables that tell of a proxy, as they stand in an environment. */
export const PROXY_VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/**
 * Reads the proxy from an environment as curl does: lower case before upper case, `ALL_PROXY` where the protocol has none of its own, `http`
 * where the scheme is left out, and a domain in `NO_PROXY` stands for its subdomains too.
 * @param server that is to be asked; a proxy for others may then be of any kind. Without it, all are read.
 * @returns undefined when there is no proxy
 * @throws {SettingsError} naming the variable, without its value, when it is of a kind that can't be used
 */
export function readProxy(
  env: Readonly<Record<string, string | undefined>>,
  server?: string,
): ProxyEnvironment | undefined {
  const { protocol, hostname } = server === undefined ? {} : new URL(server);
  if (hostname !== undefined && exceptions(env).some((each) => isCovered(hostname, each.toLowerCase())))
    return undefined;
  const byProtocol = Object.entries(BY_PROTOCOL).filter(
    ([, variable]) => protocol === undefined || variable === `${protocol.slice(0, -1)}_proxy`,
  );
  const found = byProtocol.flatMap(([name, variable]) => {
    const url = proxyUrl(env, [variable, "all_proxy"]);
    return url === undefined ? [] : [[name, url] as const];
  });
  if (found.length === 0) return undefined;
  return { ...Object.fromEntries(found), NO_PROXY: exceptions(env).join(",") };
}

function proxyUrl(env: Readonly<Record<string, string | undefined>>, variables: string[]): string | undefined {
  const names = variables.flatMap((name) => [name, name.toUpperCase()]);
  const name = names.find((each) => env[each]?.trim());
  if (name === undefined) return undefined;
  const given = env[name]?.trim() ?? "";
  const url = given.includes("://") ? given : `http://${given}`;
  if (!/^https?:\/\/[^\s]+$/i.test(url) || !URL.canParse(url)) {
    throw new SettingsError(
      `${name} must be an HTTP proxy such as http://proxy:3128; with NO_PROXY=api.themoviedb.org no proxy is asked`,
    );
  }
  return url;
}

/** Whether an exception without a port is for the host. Of the other forms Node knows which hosts they are for. */
function isCovered(hostname: string, exception: string): boolean {
  const domain = /^\*?(\..+)$/.exec(exception)?.[1];
  return exception === "*" || exception === hostname || (domain !== undefined && hostname.endsWith(domain));
}

function exceptions(env: Readonly<Record<string, string | undefined>>): string[] {
  const hosts = (env.no_proxy?.trim() || env.NO_PROXY || "").split(/[\s,]+/).filter((host) => host !== "");
  // Node takes a name for that host alone.
  return hosts.flatMap((host) => (/^[a-z]/i.test(host) ? [host, `.${host}`] : [host]));
}
