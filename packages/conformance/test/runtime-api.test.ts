import { expect, test } from "vitest";
import { RuntimeApi } from "../src/runtime/runtime-api.ts";

/** A runtime that asks as AWS's does (Lambda Developer Guide, "Runtime API"). */
async function runtimeOf(api: RuntimeApi) {
  const url = (path: string) => `http://${api.address}/2018-06-01/runtime${path}`;
  const post = (path: string, body: unknown) => fetch(url(path), { method: "POST", body: JSON.stringify(body) });
  const next = async () => {
    const response = await fetch(url("/invocation/next"));
    return { id: response.headers.get("lambda-runtime-aws-request-id"), headers: response.headers, response };
  };
  return { next, post };
}

test("hands an event to the runtime, whichever of the two is first, and gives its answer", async () => {
  using api = await RuntimeApi.start("arn:aws:lambda:us-east-1:123456789012:function:consumer");
  const { next, post } = await runtimeOf(api);

  const early = api.invoke({ nth: 1 }, 60_000);
  const first = await next();
  expect(await first.response.json()).toEqual({ nth: 1 });
  expect(first.headers.get("lambda-runtime-invoked-function-arn")).toMatch(/:function:consumer$/);
  expect(Number(first.headers.get("lambda-runtime-deadline-ms"))).toBeGreaterThan(Date.now());
  expect((await post(`/invocation/${first.id}/response`, { batchItemFailures: [] })).status).toBe(202);
  expect(await early).toEqual({ batchItemFailures: [] });

  const asking = next();
  const late = expect(api.invoke({ nth: 2 }, 60_000)).rejects.toThrow("Error: it fails");
  const second = await asking;
  expect(second.id).not.toBe(first.id);
  await post(`/invocation/${second.id}/error`, { errorType: "Error", errorMessage: "it fails" });
  await late;
});

test("tells of a function that can't be loaded", async () => {
  using api = await RuntimeApi.start("arn:aws:lambda:us-east-1:123456789012:function:consumer");
  const { post } = await runtimeOf(api);
  const invoked = expect(api.invoke({}, 60_000)).rejects.toThrow("it can't be loaded: SyntaxError: no");
  await post("/init/error", { errorType: "SyntaxError", errorMessage: "no" });
  await invoked;
});
