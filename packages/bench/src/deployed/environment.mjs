// An execution environment of what is deployed, in a process of its own. It is plain JavaScript: Node's TypeScript compiler would be in the memory that is measured.
import { readFileSync } from "node:fs";

const { handler } = await import(process.env.MODULE);
const atStart = process.cpuUsage();

process.on("message", async ({ event, requestId, deadline }) => {
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  const result = await handler(event, context);
  const { user, system } = process.cpuUsage(atStart);
  process.send({ result, cpuSeconds: (user + system) / 1e6, peakMib: peakMib() });
});
process.send("ready");

/** What Node itself tells is on Linux at least what its parent had when it started this process. */
function peakMib() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}
