// The worker thread that startTmdbStandIn starts: its first message is the server's base URL, every other one replies to a call.
// An error ends it, a port in use too, and is the worker's `error` event.
import { parentPort, workerData } from "node:worker_threads";
import type { Call, Reply, Task, ThreadData } from "./thread-messages.ts";
import { TmdbServer } from "./tmdb-server.ts";

const { options, port } = workerData as ThreadData;
const server = new TmdbServer(options);

function perform(task: Task): unknown {
  switch (task.do) {
    case "stats":
      return server.stats();
    case "arrivals":
      return server.arrivals();
    case "misbehave":
      return server.misbehave(task.rules);
    case "close":
      return server.close();
  }
}

const url = await server.listen(port);
parentPort?.on("message", async (call: Call) => {
  const reply: Reply = { call: call.call, result: await perform(call) };
  parentPort?.postMessage(reply);
});
parentPort?.postMessage(url);
