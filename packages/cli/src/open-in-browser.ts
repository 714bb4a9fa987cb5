import { spawn } from "node:child_process";

// Each opens an address in the browser that its user has chosen. `start` takes the first text in quotes for the title of a window.
const OPENERS: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};
const ELSEWHERE = ["xdg-open"] as const;

/** Where an address is opened: on this machine, unless a test says otherwise. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly start: typeof spawn;
}

/**
 * Opens an address in the browser.
 * @param tell gets a line if that can't be done
 */
export function openInBrowser(
  address: string,
  tell: (line: string) => void,
  { platform, start }: Desktop = { platform: process.platform, start: spawn },
): void {
  const [program, ...args] = OPENERS[platform] ?? ELSEWHERE;
  const child = start(program, [...args, address], { stdio: "ignore", detached: true });
  const advice = "open the address yourself";
  child.on("error", () => tell(`! ${program} is not there to open a browser: ${advice}`));
  // It ends at once, and says by its exit code whether there was a browser.
  child.on("exit", (code) => code && tell(`! ${program} found no browser to open: ${advice}`));
  // The browser stays when this command ends.
  child.unref();
}
