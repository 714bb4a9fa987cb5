import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LOTE_SIZE, Pipeline } from "./support/pipeline.ts";

const REFUSED = { status: 403, code: "AccessDenied", message: "Access Denied" };

/** Of two lotes. */
const IDS = movieIds(1.4 * LOTE_SIZE);

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: IDS.map(facts) });
});
afterEach(() => pipeline.stop());

describe("a run whose producer died before all of its lotes were queued", () => {
  /** A run that says `queuing`, some files of it, and the event that Lambda will send again. */
  async function halfQueued() {
    const event = await pipeline.drop(csvSelecting(IDS));
    pipeline.fault = (request) =>
      request.service === "s3" && request.method === "PUT" && request.ifMatch ? REFUSED : undefined;
    await expect(pipeline.produce(event)).rejects.toThrow(REFUSED.message);
    pipeline.fault = undefined;
    const [first, second] = await pipeline.take("LoteQueue");
    await pipeline.consume([first as SQSRecord]);
    return { event, second: second as SQSRecord };
  }

  test("is given up when its CSV was replaced by one that can't be used, and leaves nothing behind", async () => {
    const { event, second } = await halfQueued();
    await pipeline.produce(await pipeline.drop(""));
    expect(await pipeline.runFile()).toMatchObject({ status: "queuing", rejected: { reason: expect.any(String) } });

    await pipeline.produce(event);
    await pipeline.consume([second]);

    expect(await pipeline.runFile()).toMatchObject({
      status: "rejected",
      error: expect.stringMatching(/drop it again/),
    });
    expect(Object.keys(await pipeline.files())).toEqual(["_run.json"]);
  });

  test("leaves nothing behind either when the one that can't be used comes last", async () => {
    const { event, second } = await halfQueued();
    const unusable = await pipeline.drop("");
    await pipeline.produce(event);
    await pipeline.consume([second]);
    await pipeline.produce(unusable);

    expect(await pipeline.runFile()).toMatchObject({ status: "rejected", error: expect.stringMatching(/empty/) });
    expect(Object.keys(await pipeline.files())).toEqual(["_run.json"]);
  });

  test("gives way to a usable one as any other", async () => {
    const { event } = await halfQueued();
    const usable = await pipeline.drop(csvSelecting(movieIds(1)));
    await pipeline.produce(event);
    await pipeline.produce(usable);
    await pipeline.settle();
    expect(await pipeline.runFile()).toMatchObject({ status: "queued", ids: 1, error: null, rejected: null });
    expect(Object.keys(await pipeline.files()).sort()).toEqual(["_run.json", "lote_1.json"]);
  });
});
