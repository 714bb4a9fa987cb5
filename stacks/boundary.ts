import type { DeploymentSettings } from "./settings.ts";

/** Bounds every role that is made from here on, SST's own among them, where the account asks for that. */
export function boundRoles({ permissionsBoundary }: DeploymentSettings): void {
  if (permissionsBoundary === undefined) return;
  $transform(aws.iam.Role, (role) => {
    role.permissionsBoundary = permissionsBoundary;
  });
}
