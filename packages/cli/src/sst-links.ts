// A single module of the package is imported here. The rest is loaded by the command that needs it.
import { SettingsError } from "@lotes/core/read-environment";

/**
 * Looks at the links of a stage as they stand in an environment. SST's own reader ends in a stack at one that it can't parse, or prints it.
 * @throws {SettingsError} naming the variable, without its value, when it holds no link
 */
export function assertLinksReadable(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (!/^SST_RESOURCE(S_JSON$|_)/.test(name) || !value || isObject(value)) continue;
    throw new SettingsError(
      `${name} must be a link as \`sst shell\` sets it: unset it, or name the stage with --stage`,
    );
  }
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
