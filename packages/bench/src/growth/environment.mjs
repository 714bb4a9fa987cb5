// An execution environment of benchGrowth, in a process of its own. It is plain JavaScript: Node's TypeScript compiler would be in the memory that is measured.
const { handler } = await import(process.env.MODULE);
const atStart = process.cpuUsage();

process.on("message", async ({ event, requestId, deadline }) => {
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  const result = await handler(event, context);
  const { user, system } = process.cpuUsage(atStart);
  process.send({ result, cpuSeconds: (user + system) / 1e6, peakMib: process.resourceUsage().maxRSS / 1024 });
});
process.send("ready");
