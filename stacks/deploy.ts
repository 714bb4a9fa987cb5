import { boundRoles } from "./boundary.ts";
import { functions } from "./functions.ts";
import { linkWithoutGrants } from "./links.ts";
import { monitoring } from "./monitoring.ts";
import { queuePolicies } from "./queue-policies.ts";
import { queues as createQueues } from "./queues.ts";
import { secrets } from "./secrets.ts";
import { deploymentSettings } from "./settings.ts";
import { storage } from "./storage.ts";
import { tables } from "./tables.ts";
import { triggers } from "./triggers.ts";

/** Everything a stage consists of, and what its operator wants to know of it. */
export async function deploy() {
  const settings = deploymentSettings($app.stage, process.env);
  linkWithoutGrants();
  boundRoles(settings);
  const { dataLake, advice } = await storage(settings);
  const queues = createQueues(settings);
  const { tmdbToken } = secrets();
  const created = functions({ dataLake, queues, tmdbToken, settings });
  queuePolicies(queues, triggers(dataLake, queues, created, settings));
  tables(dataLake, settings);
  const { dashboardUrl } = monitoring(queues, settings);
  return {
    bucket: dataLake.name,
    dashboard: dashboardUrl,
    budget: `${settings.tmdb.requestsPerSecond} requests a second to ${settings.tmdb.baseUrl}, by ${settings.consumerConcurrency} consumers`,
    ...(advice !== undefined && { advice }),
  };
}
