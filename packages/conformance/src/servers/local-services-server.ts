import { readFileSync } from "node:fs";
import { DEPLOYED_TIMING, LocalServices, s3Event } from "@lotes/local";
import type { ObjectCreated } from "@lotes/local/emulator/emulator";
import { whereaboutsAt } from "@lotes/local/whereabouts";
import type { Server } from "./server.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.resolve("fauxqs")), "utf8")) as {
  version: string;
};

/** The S3 and SQS of the local stack: fauxqs, with what the project adds to it. */
export const LOCAL_SERVICES: Server = {
  name: "local stack",
  version: `fauxqs ${version}`,
  from: "npm: fauxqs",
  services: ["s3", "sqs"],
  note: "it keeps no versions and has no move tasks, and its lists are in another order. What the project adds to fauxqs is tried with it.",
  start: async () => {
    const services = await LocalServices.start(DEPLOYED_TIMING, { port: 0 });
    const { url } = services.emulator;
    return {
      url,
      clientConfig: services.clientConfig,
      account: whereaboutsAt(url).queueArns.LoteQueue.split(":")[4] ?? "",
      notify: async (bucket, onEvent) => {
        let events = 0;
        const listener = (object: ObjectCreated) => {
          if (object.bucket !== bucket) return;
          onEvent(s3Event(object, (++events).toString(16).toUpperCase().padStart(18, "0")));
        };
        services.emulator.on("created", listener);
        return {
          [Symbol.asyncDispose]: async () => {
            services.emulator.off("created", listener);
          },
        };
      },
      [Symbol.asyncDispose]: () => services.stop(),
    };
  },
};
