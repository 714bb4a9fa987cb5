import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadSettings } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { describe, expect, test, vi } from "vitest";
import { startConsole } from "../src/console-server.ts";
import { failureLine } from "../src/failure.ts";
import { type Desktop, openInBrowser } from "../src/open-in-browser.ts";
import type { Target } from "../src/target.ts";
import { today } from "../src/today.ts";

const depth = async () => ({ visible: 0, inFlight: 0 });
const target = {
  name: "stage prod",
  bucket: "data-lake",
  store: new MemoryStore(),
  lotes: { depth },
  deadLetters: { depth },
} as unknown as Target;
const settings = loadSettings({});

describe("the console", () => {
  test("of a stage shows what is on it, and commands that name it", async () => {
    await using server = await startConsole({ target, settings, stage: "prod", port: 0, isWish: false });
    const { origin } = new URL(server.address);
    const page = await (await fetch(origin)).text();
    expect(page).toContain(`<script type="application/json" id="console">{"today":"${today()}","name":"stage prod"}`);
    const events = await fetch(`${origin}/events?date=2026/11/23`);
    const { value } = (await events.body?.getReader().read()) ?? {};
    const { document } = JSON.parse(
      Buffer.from(value as Uint8Array)
        .toString()
        .slice("data: ".length),
    );
    expect(document).toMatchObject({ place: "stage prod", command: { flags: " --stage prod" } });
  });

  test("takes another port where somebody listens, unless it was told which", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const options = { target, settings, port };
    const error = await startConsole({ ...options, isWish: false }).catch((cause) => cause);
    expect(failureLine(error)).toBe(
      `port ${port} of 127.0.0.1 is in use: stop the program that listens on it, or give another port`,
    );
    await using server = await startConsole({ ...options, isWish: true });
    expect(new URL(server.address).port).not.toBe(String(port));
    other.close();
  });
});

describe("--open", () => {
  const ADDRESS = "http://127.0.0.1:4580/#token=abc_-9";

  /** What is started on a desktop, and what is told once that has come to its end. */
  function opened(platform: NodeJS.Platform, event: string, ...rest: unknown[]) {
    const child = Object.assign(new EventEmitter(), { unref: () => {} });
    const start = vi.fn(() => child);
    const lines: string[] = [];
    openInBrowser(ADDRESS, (line) => lines.push(line), { platform, start: start as unknown as Desktop["start"] });
    child.emit(event, ...rest);
    const [program, args] = start.mock.calls[0] as unknown as [string, string[]];
    return { started: [program, ...args], lines };
  }

  test.each<[NodeJS.Platform, string[]]>([
    ["darwin", ["open"]],
    ["win32", ["cmd", "/c", "start", ""]],
    ["linux", ["xdg-open"]],
    ["freebsd", ["xdg-open"]],
  ])("asks the desktop of %s for its browser", (platform, words) => {
    expect(opened(platform, "exit", 0)).toEqual({ started: [...words, ADDRESS], lines: [] });
  });

  test("says in one line that there is no browser, or nothing to ask for one", () => {
    expect(opened("linux", "exit", 3).lines).toEqual([
      "! xdg-open found no browser to open: open the address yourself",
    ]);
    expect(opened("linux", "error", new Error("spawn xdg-open ENOENT")).lines).toEqual([
      "! xdg-open is not there to open a browser: open the address yourself",
    ]);
  });
});
