import { setTimeout as delay } from "node:timers/promises";

await delay(600);

export const handler = async () => "loaded";
