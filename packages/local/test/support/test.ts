import { test as base } from "vitest";
import { EventSourceMapping, type MappingOptions } from "../../src/lambda/event-source-mapping.ts";
import { type FunctionOptions, LambdaFunction } from "../../src/lambda/lambda-function.ts";
import { type NotificationOptions, S3Notification } from "../../src/lambda/s3-notification.ts";
import { type Script, ScriptedHandler } from "./scripted-handler.ts";
import { Services, type ServicesOptions } from "./services.ts";

/** URL of a handler's module. */
export const handlerModule = (name: string) => new URL(`./handlers/${name}.ts`, import.meta.url).href;

const ignore = () => {};

/** Vitest's `test`, with what starts the stand-ins. Whatever it started is stopped when the test ends, the last one first. */
export const test = base
  .extend("startServices", ({ onTestFinished }) => async (options?: ServicesOptions) => {
    const services = await Services.start(options);
    onTestFinished(() => services.stop());
    return services;
  })
  .extend("startFunction", ({ onTestFinished }) => (handler: string, options: Partial<FunctionOptions> = {}) => {
    const created = new LambdaFunction({
      name: "tested",
      module: handlerModule(handler),
      timeoutMs: 20_000,
      env: {},
      onLine: ignore,
      ...options,
    });
    onTestFinished(() => created.stop());
    return created;
  })
  .extend(
    "startScripted",
    ({ onTestFinished, startFunction }) =>
      /** A function that does as the script says, with as many warm environments. */
      async <Event>(script: Script<Event>, options: Partial<FunctionOptions> = {}, environments = 1) => {
        const handler = await ScriptedHandler.start(script);
        onTestFinished(() => handler.stop());
        const scripted = startFunction("asks-the-test", { env: { TEST_URL: handler.url }, ...options });
        await Promise.all(Array.from({ length: environments }, () => scripted.invoke("warm up")));
        return { function: scripted, events: handler.events };
      },
  )
  .extend(
    "startMapping",
    ({ onTestFinished } /** From LoteQueue, one message at a time. */) =>
      (services: Services, invoked: LambdaFunction, options: Partial<MappingOptions> = {}) => {
        const mapping = new EventSourceMapping(invoked, {
          sqs: services.sqs,
          queueUrl: services.local.queueUrl("LoteQueue"),
          queueArn: services.local.queueArn("LoteQueue"),
          batchSize: 1,
          concurrency: 1,
          onError: ignore,
          ...options,
        });
        let stopped: Promise<void> | undefined;
        const stop = () => {
          stopped ??= mapping.stop();
          return stopped;
        };
        onTestFinished(stop);
        return { stop };
      },
  )
  .extend(
    "startNotification",
    ({ onTestFinished }) =>
      (services: Services, invoked: LambdaFunction, options: Partial<NotificationOptions> = {}) => {
        const notification = new S3Notification(services.local.emulator, invoked, {
          retryDelaysMs: [],
          onError: ignore,
          onGivenUp: ignore,
          ...options,
        });
        onTestFinished(() => notification.stop());
        return notification;
      },
  );
