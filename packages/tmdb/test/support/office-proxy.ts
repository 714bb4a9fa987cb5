import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";

const CONNECTED = "HTTP/1.1 200 Connection established\r\n\r\n";
const REFUSED = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n";

/** An HTTP proxy. It sends everything, whatever its host, to one server on this machine. */
export class OfficeProxy implements AsyncDisposable {
  /** Hosts to which a tunnel was asked for. */
  readonly tunnels: (string | undefined)[] = [];
  /** URLs of requests without a tunnel. */
  readonly forwarded: (string | undefined)[] = [];
  /** Who it was, of each tunnel and each such request. */
  readonly users = new Set<string | undefined>();
  readonly #server = http.createServer();
  readonly #sockets = new Set<Socket>();

  /**
   * @param port of the server
   * @param mood whether it does as it is asked, asks for a password first, or never answers
   */
  static async start(port: number, mood: "serves" | "refuses" | "is silent" = "serves"): Promise<OfficeProxy> {
    const proxy = new OfficeProxy();
    const known = (socket: Socket) => {
      proxy.#sockets.add(socket);
      // Whoever is on the other side may leave first.
      return socket.on("error", () => {}).once("close", () => proxy.#sockets.delete(socket));
    };
    proxy.#server.on("connection", known);
    proxy.#server.on("connect", ({ url, headers }, socket: Socket) => {
      proxy.tunnels.push(url);
      proxy.#seen(headers);
      if (mood === "refuses") socket.end(REFUSED);
      if (mood !== "serves") return;
      const server = known(net.connect(port, "127.0.0.1"));
      socket.write(CONNECTED);
      socket.pipe(server).pipe(socket);
    });
    proxy.#server.on("request", ({ url, method, headers }, response) => {
      proxy.forwarded.push(url);
      proxy.#seen(headers);
      const { pathname, search } = new URL(url ?? "");
      const options = { host: "127.0.0.1", port, path: pathname + search, method, headers };
      http.get(options, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
    });
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #seen(headers: http.IncomingHttpHeaders): void {
    const [, credentials = ""] = headers["proxy-authorization"]?.split(" ") ?? [];
    this.users.add(Buffer.from(credentials, "base64").toString() || undefined);
  }
}
