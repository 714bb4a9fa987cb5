import { spawn } from "node:child_process";

// Each opens an address in the browser that its user has chosen.
const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: "open" };
const ELSEWHERE = "xdg-open";

/**
 * Opens an address in the browser.
 * @param tell gets a line if that can't be done
 */
export function openInBrowser(address: string, tell: (line: string) => void): void {
  const opener = OPENERS[process.platform] ?? ELSEWHERE;
  const child = spawn(opener, [address], { stdio: "ignore", detached: true });
  child.on("error", () => tell(`! ${opener} is not there to open a browser: open the address yourself`));
  // The browser stays when this command ends.
  child.unref();
}
