import path from "node:path";
import { clientConfigFor } from "@lotes/local/client-config";
import { freePort, startHttpServer } from "./http-server.ts";
import { run } from "./programs.ts";
import { notifyThroughQueue } from "./queue-notification.ts";
import type { Server } from "./server.ts";
import { required, toolFolder } from "./tools.ts";

const VERSION = "5.2.5";

/** moto's server, from PyPI. */
export const MOTO: Server = {
  name: "moto",
  version: VERSION,
  from: "PyPI: moto[server]",
  services: ["s3", "sqs"],
  note: "its events have no sequencer. The producer then takes the time of the event for one. It has no move tasks, and answers 500 to them.",
  start: async () => {
    const python = required("python3", "moto");
    const folder = await toolFolder(`moto-${VERSION}`, async (part) => {
      await run(python, ["-m", "venv", part]);
      await run(path.join(part, "bin/python"), ["-m", "pip", "install", "--quiet", `moto[server,s3,sqs]==${VERSION}`]);
    });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
    const program = await startHttpServer("moto", url, path.join(folder, "bin/python"), args);
    const account = "123456789012";
    const server = { url, clientConfig: clientConfigFor(url), account };
    return {
      ...server,
      notify: (bucket, onEvent) => notifyThroughQueue(server, bucket, onEvent),
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    };
  },
};
