// The thread of TmdbHost.
import { parentPort } from "node:worker_threads";
import type { Arrival } from "@lotes/local/tmdb/arrival-log";
import { TmdbServer } from "@lotes/local/tmdb/tmdb-server";
import type { TimedArrival } from "@lotes/schedules/certain-peak";
import type { HostReply, HostTask } from "./tmdb-host.ts";

// While the thread works or waits for a core, requests lie in the kernel: this often it is known to have looked.
const LOOK_MS = 5;
const looks: number[] = [];
setInterval(() => looks.push(performance.now()), LOOK_MS);

const servers = new Map<number, TmdbServer>();
let started = 0;

/** Where the first look after the instant stands. */
function firstLookAfter(at: number): number {
  let low = 0;
  let high = looks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((looks[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function withUncertainty(arrivals: readonly Arrival[]): TimedArrival[] {
  return arrivals.map(({ at, id, outcome }) => {
    // Of two looks in one turn of the loop the later one is the turn's own: it came before the requests were read.
    const before = looks[firstLookAfter(at) - 2] ?? at;
    return { at, id, outcome, uncertainMs: at - before };
  });
}

async function perform(task: HostTask): Promise<unknown> {
  if (task.do === "start") {
    const server = new TmdbServer(task.options);
    const port = Number(new URL(await server.listen(0)).port);
    servers.set(++started, server);
    return { server: started, port };
  }
  const server = servers.get(task.server);
  if (task.do === "misbehave") return server?.misbehave(task.rules);
  servers.delete(task.server);
  await server?.close();
  return withUncertainty(server?.arrivals() ?? []);
}

parentPort?.on("message", async ({ call, task }: { call: number; task: HostTask }) => {
  const reply: HostReply = { call, result: await perform(task) };
  parentPort?.postMessage(reply);
});
