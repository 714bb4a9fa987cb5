import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

/** The connections of one process, some of which the other end may have closed without the process knowing it yet. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  readonly #closed = new WeakSet<Socket>();
  #ended = false;

  /** @param onReset told when the request went to a connection that is closed at the other end, which resets it */
  track(request: ClientRequest, onReset: () => void = () => {}): void {
    request.on("socket", (socket) => {
      if (this.#ended || this.#closed.has(socket)) {
        onReset();
        socket.destroy(connectionReset());
        return;
      }
      if (!this.#open.has(socket)) {
        this.#open.add(socket);
        socket.once("close", () => this.#open.delete(socket));
      }
      this.#busy.add(socket);
      request.once("close", () => this.#busy.delete(socket));
    });
  }

  /** The other ends close what is idle. */
  closeIdle(): void {
    for (const socket of this.#open) if (!this.#busy.has(socket)) this.#closed.add(socket);
  }

  /** The process learns which connections are closed. */
  notice(): void {
    for (const socket of this.#open) if (this.#closed.has(socket)) socket.destroy();
  }

  /** Ends all of them, those that are being made too. */
  end(): void {
    this.#ended = true;
    for (const socket of this.#open) socket.destroy();
  }
}

export function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104, syscall: "read" });
}
