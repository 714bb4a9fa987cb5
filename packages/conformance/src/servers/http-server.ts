import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Program } from "./programs.ts";
import { UnavailableError } from "./server.ts";

// A server of Python's or Java's takes some seconds, on a busy machine a minute.
const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer().once("error", reject);
  probe.listen(0, "127.0.0.1", () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
  });
  return promise;
}

/**
 * Starts a server and waits until it answers over HTTP, whatever it answers.
 * @throws {UnavailableError} when it ends before, or says nothing for minutes
 */
export async function startHttpServer(
  name: string,
  url: string,
  ...program: ConstructorParameters<typeof Program>
): Promise<Program> {
  const server = new Program(...program);
  const ended = server.exited.then(() => "ended" as const);
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const answered = fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      () => "answers" as const,
      () => "silent" as const,
    );
    const state = await Promise.race([answered, ended]);
    if (state === "answers") return server;
    if (state === "ended" || Date.now() > until) {
      await server[Symbol.asyncDispose]();
      throw new UnavailableError(`${name} does not start: ${server.printed.split("\n").at(-1) ?? ""}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}
