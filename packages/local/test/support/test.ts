import { test as base } from "vitest";
import { EventSourceMapping, type MappingOptions } from "../../src/lambda/event-source-mapping.ts";
import { type FunctionOptions, type Invoked, LambdaFunction } from "../../src/lambda/lambda-function.ts";
import { type NotificationOptions, S3Notification } from "../../src/lambda/s3-notification.ts";
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
    "startMapping",
    ({ onTestFinished } /** From LoteQueue, one message at a time. */) =>
      (services: Services, invoked: Invoked, options: Partial<MappingOptions> = {}) => {
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
      (services: Services, invoked: Invoked, options: Partial<NotificationOptions> = {}) => {
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
