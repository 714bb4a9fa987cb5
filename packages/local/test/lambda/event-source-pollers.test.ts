import type { SQSEvent } from "aws-lambda";
import { describe } from "vitest";
import { scripted } from "../support/scripted.ts";
import { test } from "../support/test.ts";

const SOON = { timeout: 120_000, interval: 50 };
const EMPTY = { visible: 0, hidden: 0 };

describe.concurrent("a concurrency of", () => {
  test.for([1, 2, 4])(
    "%i runs so many invocations at once, and never more",
    async (concurrency, { startServices, startMapping, expect }) => {
      const services = await startServices();
      let running = 0;
      let most = 0;
      const hidden: number[] = [];
      let all = Promise.withResolvers<void>();
      // Each waits until as many run as may: with fewer the queue would never be empty.
      const script = async () => {
        most = Math.max(most, ++running);
        const { promise, resolve } = all;
        if (running === concurrency) {
          all = Promise.withResolvers();
          hidden.push((await services.counts()).hidden);
          resolve();
        }
        await promise;
        running--;
      };
      const { function: invoked, events } = scripted<SQSEvent>(script);
      for (let message = 0; message < 5 * concurrency; message++) await services.send(`${message}`);
      startMapping(services, invoked, { concurrency });

      await expect.poll(() => services.counts(), SOON).toEqual(EMPTY);

      expect(events).toHaveLength(5 * concurrency);
      expect(most).toBe(concurrency);
      // As many messages taken out of the queue as are worked on.
      expect(hidden).toEqual(Array(5).fill(concurrency));
    },
  );
});

describe.concurrent("stopping", () => {
  test("waits for the running handlers and for the deletion of what they did, and takes nothing more", async ({
    startServices,
    startMapping,
    expect,
  }) => {
    const services = await startServices();
    const release = Promise.withResolvers<void>();
    const order: string[] = [];
    const script = async () => {
      await release.promise;
      order.push("handled");
    };
    const { function: invoked, events } = scripted<SQSEvent>(script);
    await services.send("taken");
    await services.send("taken too");
    const mapping = startMapping(services, invoked, { concurrency: 2 });
    await expect.poll(() => events.length, SOON).toBe(2);

    const stopped = mapping.stop().then(() => order.push("stopped"));
    await services.send("too late");
    release.resolve();
    await stopped;

    expect(order).toEqual(["handled", "handled", "stopped"]);
    expect(await services.counts()).toEqual({ visible: 1, hidden: 0 });
  });

  test("comes to its end though SQS fails meanwhile", async ({ startServices, startMapping, expect }) => {
    const services = await startServices({
      fault: (request) =>
        request.service === "sqs" && request.operation === "DeleteMessageBatch"
          ? { status: 403, code: "AccessDenied", message: "Access Denied" }
          : undefined,
    });
    const release = Promise.withResolvers<void>();
    const { function: invoked, events } = scripted<SQSEvent>(() => release.promise);
    const errors: string[] = [];
    await services.send("taken");
    const mapping = startMapping(services, invoked, { onError: ({ message }) => errors.push(message) });
    await expect.poll(() => events.length, SOON).toBe(1);

    const stopped = mapping.stop();
    release.resolve();

    await expect(stopped).resolves.toBeUndefined();
    expect(errors).toEqual([expect.stringContaining("Access Denied")]);
  });
});
