/** As much of Lambda's Node.js runtime as a handler can tell: loads one module, and answers events one at a time. */
import path from "node:path";
import { pathToFileURL } from "node:url";

const { LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const { dir, name, ext } = path.parse(_HANDLER);
const module = await import(pathToFileURL(path.join(LAMBDA_TASK_ROOT, dir, `${name}.mjs`)).href);
const handler = module[ext.slice(1)];

process.on("message", async ({ event, millis }) => {
  const deadline = Date.now() + millis;
  const context = {
    awsRequestId: "00000000-0000-0000-0000-000000000000",
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    process.send({ result: await handler(event, context) });
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.send("ready");
