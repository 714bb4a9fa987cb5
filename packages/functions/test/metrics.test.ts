import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pipeline } from "./support/pipeline.ts";

const UNKNOWN = "tt7777777";

let pipeline: Pipeline;
let printed: string[];
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: movieIds(3).map(facts), metrics: true });
  printed = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed.push(String(chunk));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await pipeline.stop();
});

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** What was printed since the last look, as CloudWatch reads it: `Name{dimensions}` with the values and their unit. */
function measured(): Record<string, string> {
  const lines = printed.splice(0).map((line): EmbeddedMetrics => JSON.parse(line));
  const metrics = lines.flatMap((line) =>
    line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name, Unit }) =>
        Dimensions.map((names) => {
          const dimensions = names.map((name) => `${name}=${line[name]}`).join(",");
          return [`${Namespace} ${Name}{${dimensions}}`, `${line[Name]} ${Unit}`];
        }),
      ),
    ),
  );
  return Object.fromEntries(metrics);
}

describe("the producer measures", () => {
  test("the ids it has queued, and the same event again nothing", async () => {
    const event = await pipeline.drop(csvSelecting(movieIds(3)));
    await pipeline.produce(event);
    expect(measured()).toEqual({ "lotes/local IdsSelected{service=producer}": "3 Count" });
    await pipeline.produce(event);
    expect(printed).toEqual([]);
  });

  test("a CSV that can't be used", async () => {
    await pipeline.produce(await pipeline.drop(""));
    expect(measured()).toEqual({ "lotes/local CsvRejected{service=producer}": "1 Count" });
  });

  test("nothing of an upload that is not its business", async () => {
    await pipeline.produce(await pipeline.drop(csvSelecting(movieIds(1)), "Raw/Local/CSV/Movies/movies.csv"));
    expect(printed).toEqual([]);
  });
});

describe("a consumer measures", () => {
  test("what a lote took and gave, 429s and retries among it", async () => {
    await pipeline.tmdb.misbehave([
      { ids: ["tt1000000"], times: 1, answer: { status: 429, retryAfter: 1 } },
      { ids: ["tt1000001"], times: 2, answer: { status: 503 } },
    ]);
    const [lote] = await pipeline.lotesOf([...movieIds(3), UNKNOWN]);
    measured();
    await pipeline.consume([lote]);
    expect(measured()).toEqual({
      "lotes/local Requests{service=consumer}": "7 Count",
      "lotes/local Retries{service=consumer}": "3 Count",
      "lotes/local RateLimited{service=consumer}": "1 Count",
      "lotes/local RecordsStored{service=consumer}": "3 Count",
      "lotes/local LoteDuration{service=consumer}": expect.stringMatching(/^[1-9]\d{3} Milliseconds$/),
    });
  });

  test("only the requests of a lote that it could not finish", async () => {
    const [lote] = await pipeline.lotesOf(movieIds(3));
    measured();
    pipeline.fault = (request) =>
      request.service === "s3" && request.method === "PUT"
        ? { status: 403, code: "AccessDenied", message: "no" }
        : undefined;
    await pipeline.consume([lote]);
    expect(measured()).toEqual({
      "lotes/local Requests{service=consumer}": "3 Count",
      "lotes/local Retries{service=consumer}": "0 Count",
      "lotes/local RateLimited{service=consumer}": "0 Count",
    });
  });

  test("nothing of a lote whose run was superseded", async () => {
    const [lote] = await pipeline.lotesOf(movieIds(3));
    await pipeline.lotesOf(movieIds(2));
    measured();
    await pipeline.consume([lote]);
    expect(printed).toEqual([]);
  });
});

describe("the collector measures", () => {
  test("the ids that failed, by their reasons", async () => {
    await pipeline.tmdb.misbehave([{ ids: ["tt1000000", "tt1000001"], answer: { status: 422 } }]);
    const [lote] = await pipeline.lotesOf([...movieIds(3), UNKNOWN]);
    await pipeline.consume([lote]);
    measured();
    await pipeline.collect(await pipeline.take("DeadLetterQueue"));
    expect(measured()).toEqual({
      "lotes/local IdsFailed{service=collector,reason=invalid_response}": "2 Count",
      "lotes/local IdsFailed{service=collector,reason=not_found}": "1 Count",
    });
  });

  test("a failure once, however often its report is delivered", async () => {
    const [lote] = await pipeline.lotesOf([UNKNOWN]);
    await pipeline.consume([lote]);
    const letters = await pipeline.take("DeadLetterQueue");
    await pipeline.collect(letters);
    measured();
    await pipeline.collect(letters);
    expect(printed).toEqual([]);
  });

  test("a failure again when its replay has failed too", async () => {
    const [lote] = await pipeline.lotesOf([UNKNOWN]);
    await pipeline.consume([lote]);
    const [letter] = await pipeline.take("DeadLetterQueue");
    await pipeline.collect([letter ?? lote]);
    await pipeline.consume([letter ?? lote]);
    measured();
    await pipeline.collect(await pipeline.take("DeadLetterQueue"));
    expect(measured()).toEqual({ "lotes/local IdsFailed{service=collector,reason=not_found}": "1 Count" });
  });
});
