import { MemoryStore } from "@lotes/core/testing/memory-store";
import { describe, expect, test, vi } from "vitest";
import { consoleApp } from "../src/console-app.ts";
import type { CsvDrop, Operations } from "../src/operations.ts";

const TOKEN = "the-right-token";
const HOST = "127.0.0.1:4580";
const DATE = "2026/11/23";
const TOLD = { lines: ["done"], possible: true };

function start() {
  const operations = {
    plan: vi.fn(async ({ chunks }: CsvDrop) => {
      const text = Buffer.concat(await Array.fromAsync(chunks)).toString();
      return { lines: [text], possible: true };
    }),
    ingest: vi.fn(async () => TOLD),
    planReplay: vi.fn(async () => TOLD),
    replay: vi.fn(async () => TOLD),
    cancel: vi.fn(async () => Promise.reject(new Error("there is no run"))),
  } satisfies Operations;
  const place = { name: "here", bucket: "data-lake", store: new MemoryStore(), budget: 40 };
  const ended = new AbortController();
  const app = consoleApp({
    place,
    operations,
    today: () => DATE,
    describe: (error) => (error as Error).message,
    token: TOKEN,
    signal: ended.signal,
  });
  const request = (path: string, init: RequestInit = {}) =>
    app.request(`http://${HOST}${path}`, { ...init, headers: { host: HOST, ...init.headers } });
  return { operations, request, ended };
}

const post = (body: string, headers: Record<string, string> = {}): RequestInit => {
  return { method: "POST", body, headers: { "x-lotes-token": TOKEN, origin: `http://${HOST}`, ...headers } };
};

describe("the server of the page", () => {
  test.each([
    ["a name that leads to this machine", { host: "evil.example:4580" }],
    ["no name", { host: "" }],
    ["another site's page", { origin: "https://evil.example" }],
    ["a page of another port", { origin: "http://127.0.0.1:8080" }],
    ["a page without an origin", { origin: "null" }],
    ["a host without a port", { host: "127.0.0.1" }],
    ["a name that begins like this machine's", { host: "127.0.0.1.evil.example:4580" }],
    ["what another site's page loads", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["what a page of another port loads", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
  ])("refuses %s, for reading too", async (_, headers) => {
    const { operations, request } = start();
    expect((await request("/", { headers })).status).toBe(403);
    expect((await request(`/events?date=${DATE}`, { headers })).status).toBe(403);
    expect((await request("/api/replay", post(JSON.stringify({ date: DATE }), headers))).status).toBe(403);
    expect(operations.replay).not.toHaveBeenCalled();
  });

  test.each(["plan", "ingest", "replay/plan", "replay", "cancel"])("does no %s without its token", async (path) => {
    const { operations, request } = start();
    for (const token of ["", "the-wrong-token", "the-right-toke"]) {
      const headers = { "x-lotes-token": token };
      const response = await request(`/api/${path}?date=${DATE}`, post(JSON.stringify({ date: DATE }), headers));
      expect(response.status).toBe(403);
    }
    for (const operation of Object.values(operations)) expect(operation).not.toHaveBeenCalled();
  });

  test("changes nothing by a GET, nor by any other method than POST, with the token too", async () => {
    const { operations, request } = start();
    const headers = { "x-lotes-token": TOKEN, origin: `http://${HOST}` };
    for (const path of ["plan", "ingest", "replay/plan", "replay", "cancel"]) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
        expect((await request(`/api/${path}?date=${DATE}`, { method, headers })).status).toBe(404);
      }
    }
    for (const operation of Object.values(operations)) expect(operation).not.toHaveBeenCalled();
  });

  test("may be linked to by another site, which can't frame it", async () => {
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await start().request("/", { headers: link })).status).toBe(200);
    const form = post(JSON.stringify({ date: DATE }), link);
    expect((await start().request("/api/replay", form)).status).toBe(403);
  });

  test("sends a page that loads nothing, talks to nobody else and can't be framed; its token is not in it", async () => {
    const response = await start().request("/");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.text()).not.toContain(TOKEN);
  });

  test("does what it is asked for by who has the token, and tells why it could not", async () => {
    const { operations, request } = start();
    const planned = await request(`/api/plan?date=${DATE}&name=my%20movies.csv`, post("id|x"));
    expect(await planned.json()).toEqual({ lines: ["id|x"], possible: true });
    expect(operations.plan.mock.calls[0]?.[0]).toMatchObject({ date: DATE, name: "my movies.csv" });
    const replay = { date: DATE, reason: "network" };
    expect(await (await request("/api/replay", post(JSON.stringify(replay)))).json()).toEqual(TOLD);
    expect(operations.replay).toHaveBeenCalledExactlyOnceWith(replay);
    const failed = await request(`/api/cancel?date=${DATE}`, post(""));
    expect([failed.status, await failed.json()]).toEqual([400, { error: "there is no run" }]);
  });

  test("refuses a date or a reason that is none, in one line", async () => {
    const { operations, request } = start();
    const unfit = [{ date: "../secrets" }, { date: DATE, reason: "because" }, "no object"].map((body) =>
      JSON.stringify(body),
    );
    for (const body of [...unfit, "no JSON"]) {
      const response = await request("/api/replay", post(body));
      const error = "a replay takes a date, and a reason, ids, all or dlq";
      expect([response.status, await response.json()]).toEqual([400, { error }]);
    }
    const response = await request("/events?date=2026/02/30");
    expect([response.status, await response.json()]).toEqual([400, { error: "date must be a day as yyyy/mm/dd" }]);
    expect(operations.replay).not.toHaveBeenCalled();
  });

  test("follows a run until it ends itself", async () => {
    const { request, ended } = start();
    const reader = (await request(`/events?date=${DATE}`)).body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    const update = JSON.parse(
      Buffer.from(value as Uint8Array)
        .toString()
        .replace(/^data: /, ""),
    );
    expect(update).toMatchObject({ document: { date: DATE, run: null } });
    ended.abort();
    expect(await reader?.read()).toMatchObject({ done: true });
  });
});
