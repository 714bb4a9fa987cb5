import { timingSafeEqual } from "node:crypto";
import { isRunDate, REASONS, type RunDate } from "@lotes/core";
import { type Context, Hono, type Next } from "hono";
import { streamSSE } from "hono/streaming";
import * as z from "zod/mini";
import { LiveRun } from "./live-run.ts";
import type { CsvDrop, Operations, ReplayRequest } from "./operations.ts";
import { pageBundle } from "./page-bundle.ts";
import { page } from "./page-html.ts";
import { type RunPlace, RunReader } from "./run-reader.ts";

export interface AppOptions {
  readonly place: RunPlace;
  readonly operations: Operations;
  /** The date that is shown when none is chosen. */
  readonly today: () => RunDate;
  /** An error in one line. */
  readonly describe: (error: unknown) => string;
  /** Whoever changes anything has to know it. */
  readonly token: string;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
}

const replaySchema = z.object({
  date: z.string().check(z.refine(isRunDate)),
  reason: z.optional(z.enum(REASONS)),
  ids: z.optional(z.array(z.string())),
  all: z.optional(z.boolean()),
  dlq: z.optional(z.boolean()),
});

/** What the server answers. Nothing of it knows what it listens on. */
export function consoleApp({ place, operations, today, describe, token, signal }: AppOptions): Hono {
  const runs = new Map<RunDate, LiveRun>();
  const runOf = (date: RunDate): LiveRun => {
    const run = runs.get(date) ?? liveRun(date);
    runs.set(date, run);
    return run;
  };
  const liveRun = (date: RunDate) => {
    const reader = new RunReader(place, date);
    return new LiveRun({ read: () => reader.document(new Date()), describe });
  };

  const app = new Hono();
  app.use(onlyFromHere);
  app.post("*", (context, next) => onlyWithToken(context, next, token));
  app.onError((error, context) => context.json({ error: describe(error) }, 400));

  app.get("/", async (context) => {
    const { html, policy } = page("lotes", await pageBundle(), { console: { today: today(), name: place.name } });
    context.header("Content-Security-Policy", `${policy}; frame-ancestors 'none'`);
    return context.html(html);
  });
  app.get("/events", (context) => {
    const run = runOf(dateOf(context));
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const ended = AbortSignal.any([gone.signal, signal]);
      run.watch((update) => stream.writeSSE({ data: JSON.stringify(update) }), ended);
      if (!ended.aborted) await new Promise((resolve) => ended.addEventListener("abort", resolve, { once: true }));
    });
  });
  app.post("/api/plan", async (context) => context.json(await operations.plan(dropOf(context))));
  app.post("/api/ingest", async (context) => context.json(await operations.ingest(dropOf(context))));
  app.post("/api/replay/plan", async (context) => {
    return context.json(await operations.planReplay(await replayOf(context)));
  });
  app.post("/api/replay", async (context) => {
    return context.json(await operations.replay(await replayOf(context)));
  });
  app.post("/api/cancel", async (context) => context.json(await operations.cancel(dateOf(context))));
  return app;
}

/**
 * Refuses what does not come from a page of this server: another site's page (Origin; or, where a browser sends none, what it tells of the request), and a
 * name that somebody has made to lead to this machine (Host). Another site may link to the page, but not use anything of it.
 */
async function onlyFromHere(context: Context, next: Next) {
  const host = context.req.header("host") ?? "";
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(host)) return context.json({ error: "not for this host" }, 403);
  const origin = context.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`) return context.json({ error: "not for this origin" }, 403);
  const site = context.req.header("sec-fetch-site") ?? "none";
  const isLink = context.req.header("sec-fetch-mode") === "navigate" && context.req.method === "GET";
  if (site !== "same-origin" && site !== "none" && !isLink) return context.json({ error: "not for this site" }, 403);
  context.header("Cache-Control", "no-store");
  context.header("X-Content-Type-Options", "nosniff");
  context.header("Cross-Origin-Resource-Policy", "same-origin");
  return next();
}

async function onlyWithToken(context: Context, next: Next, token: string) {
  const given = Buffer.from(context.req.header("x-lotes-token") ?? "");
  const right = Buffer.from(token);
  if (given.length === right.length && timingSafeEqual(given, right)) return next();
  const error = "the token is missing or not of this server: open the address that the command has printed";
  return context.json({ error }, 403);
}

function dateOf(context: Context): RunDate {
  const given = context.req.query("date") ?? "";
  if (!isRunDate(given)) throw new Error("date must be a day as yyyy/mm/dd");
  return given;
}

async function replayOf(context: Context): Promise<ReplayRequest> {
  const { data } = replaySchema.safeParse(await context.req.json().catch(() => undefined));
  if (data === undefined) throw new Error("a replay takes a date, and a reason, ids, all or dlq");
  return data;
}

function dropOf(context: Context): CsvDrop {
  const { body } = context.req.raw;
  if (body === null) throw new Error("there is no file in the request");
  return {
    date: dateOf(context),
    name: context.req.query("name") ?? "movies.csv",
    bytes: Number(context.req.header("content-length") ?? 0),
    chunks: body as AsyncIterable<Uint8Array>,
    force: context.req.query("force") === "true",
  };
}
