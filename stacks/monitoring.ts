import { alarms as createAlarms } from "./alarms.ts";
import { dashboard as createDashboard } from "./dashboard.ts";
import type { Queues } from "./queues.ts";
import type { DeploymentSettings } from "./settings.ts";

/** Alarms for when nobody looks, and a dashboard for when somebody does. */
export function monitoring(queues: Queues, settings: DeploymentSettings) {
  const alarms = createAlarms(queues, settings);
  const dashboard = createDashboard(queues, alarms, settings);
  const { region } = aws.getRegionOutput();
  return {
    dashboardUrl: $interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`,
  };
}
