import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { browserOnPath } from "@lotes/console/testing/browser";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATE, Operator } from "./support/operator.ts";

const BROWSER = browserOnPath();

if (BROWSER === undefined) {
  process.stderr.write("The tests of the page in a browser are left out: no Chromium is on PATH.\n");
}

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const HOSTILE = `</script><img src=x onerror="alert(1)"><b>`;
const OTHER_DATE = "2026/11/24";
const [HOSTILE_ID = "", REFUSED = "", ...OTHERS] = movieIds(12);
const UNKNOWN = "tt7777770";
// Whoever waits for more than that would wait for ever.
const PATIENCE_MS = 120_000;

describe.skipIf(BROWSER === undefined)("the page in a browser", () => {
  let operator: Operator;
  let address: URL;
  let browser: Browser;
  let page: Page;
  /** What the page has asked for, and what went wrong in it. */
  const requests: string[] = [];
  const wrong: string[] = [];

  beforeAll(async () => {
    operator = await Operator.start({
      facts: [{ ...facts(HOSTILE_ID), title: HOSTILE }, ...[REFUSED, ...OTHERS].map(facts)],
      misbehaviour: [{ ids: [REFUSED], answer: { status: 422 } }],
    });
    const [stack, launched] = await Promise.all([
      operator.startStack(),
      chromium.launch({ executablePath: BROWSER ?? "", args: ["--no-sandbox", "--disable-gpu"] }),
    ]);
    browser = launched;
    address = new URL((stack as unknown as { readonly console: string }).console);
    page = await newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await operator?.[Symbol.asyncDispose]();
  });

  async function newPage(): Promise<Page> {
    const made = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    made.setDefaultTimeout(PATIENCE_MS);
    made.on("request", (request) => requests.push(request.url()));
    made.on("pageerror", (error) => wrong.push(error.message));
    made.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    made.on("dialog", (dialog) => wrong.push(`an alert: ${dialog.message()}`));
    return made;
  }

  const open = (date: string) => page.goto(`${address.origin}/?date=${date}${address.hash}`);
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
  const dialog = () => page.getByRole("dialog");
  /** Waits until the equation is such. */
  const untilEquation = (terms: string) => page.locator(".equation").filter({ hasText: terms }).waitFor();

  async function drop(ids: readonly string[], name = "movies.csv"): Promise<void> {
    const buffer = Buffer.from(csvSelecting(ids));
    await page.getByLabel("CSV", { exact: true }).setInputFiles({ name, mimeType: "text/csv", buffer });
  }

  /** What axe finds that keeps somebody from using the page. */
  async function seriousFaults(of: Page): Promise<string[]> {
    await of.evaluate(readFileSync(AXE, "utf8"));
    const { violations } = await of.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run());
    return violations.flatMap(({ id, impact, nodes }) =>
      impact === "serious" || impact === "critical" ? [`${id}: ${nodes.map(({ html }) => html).join(" ")}`] : [],
    );
  }

  test("shows the plan of a dropped CSV, and then its run from the beginning to the end", async () => {
    await open(DATE);
    await page.getByText(`No run of ${DATE}`).waitFor();
    await drop([HOSTILE_ID, REFUSED, ...OTHERS, UNKNOWN]);
    await dialog().getByText("Plan for movies.csv").waitFor();
    expect(await dialog().textContent()).toMatch(/ids +13 +of movies after 1960/);
    expect(await dialog().textContent()).toContain(`ingest movies.csv --date ${DATE}`);
    await button("Drop it").click();
    await dialog().getByText("uploaded to the local stack").waitFor();
    await page.keyboard.press("Escape");
    await untilEquation("13 ids = 11 stored + 2 failed");
    expect(await page.getByText("1 partly failed").count()).toBe(1);
  });

  test("finds an id by the keyboard and tells its story; a hostile title is text", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("onerror");
    await page.locator(".records tbody tr").first().waitFor();
    await expect.poll(() => page.locator(".records tbody tr").count()).toBe(1);
    expect(await page.locator(".records td.title").textContent()).toBe(HOSTILE);
    await button(HOSTILE_ID).focus();
    await page.keyboard.press("Enter");
    const story = await dialog().textContent();
    expect(story).toContain("stored in lote_1.json, lote 1 of 1");
    expect(story).toContain(HOSTILE);
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await page.locator(":focus").textContent()).toBe(HOSTILE_ID);
  });

  test("heals a lote by a replay of marked failures, whose dry run comes first", async () => {
    await operator.tmdb.misbehave([]);
    await page.getByRole("searchbox").fill("");
    await page.getByRole("checkbox", { name: `mark ${REFUSED}` }).check();
    await button("Replay 1 marked failure…").click();
    await dialog().getByText("1 id of 1 lote would be sent back to LoteQueue.").waitFor();
    await dialog().getByRole("checkbox", { name: /--dlq/ }).check();
    await dialog().getByText("of the DeadLetterQueue would be moved.").waitFor();
    expect(await dialog().textContent()).toContain(`replay --id ${REFUSED} --dlq --date ${DATE}`);
    await button("Send back").click();
    await dialog().getByText("1 id of 1 lote sent back to LoteQueue.").waitFor();
    await button("Close").click();
    await untilEquation("13 ids = 12 stored + 1 failed");
    expect(await page.getByRole("listitem").filter({ hasText: "invalid_response" }).count()).toBe(0);
    expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(0);
  });

  test("drops a CSV that would be rejected only by force", async () => {
    const name = `<img src=x onerror="alert(1)">.csv`;
    await drop([], name);
    await dialog().getByText(`${name} would be rejected`).waitFor();
    expect(await button("Drop it").count()).toBe(0);
    await dialog()
      .getByRole("checkbox", { name: /--force/ })
      .check();
    expect(await dialog().textContent()).toContain(`ingest '${name}' --force --date ${DATE}`);
    await button("Drop it").waitFor();
    await button("Close").click();
  });

  test("closes its connection while it is not seen, and opens one when it is", async () => {
    const connections = () => requests.filter((url) => url.includes("/events")).length;
    const before = connections();
    const see = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));`,
      );
    await see(true);
    const answered = page.waitForResponse((response) => response.url().includes("/events"));
    await see(false);
    await answered;
    expect(connections()).toBe(before + 1);
  });

  test("cancels a run", async () => {
    await operator.tmdb.misbehave([{ answer: "hang" }]);
    await open(OTHER_DATE);
    await page.getByText(`No run of ${OTHER_DATE}`).waitFor();
    await drop(OTHERS);
    await button("Drop it").click();
    await dialog().getByText("uploaded").waitFor();
    await button("Close").click();
    await untilEquation("10 ids = 0 stored + 0 failed + 10 under way");
    await button("Cancel the run…").click();
    await button("Cancel the run").click();
    await untilEquation("10 ids = 0 stored + 0 failed + 10 cancelled");
    await dialog().getByText("10 ids = 0 stored + 0 failed + 10 cancelled").waitFor();
  });

  test("does nothing that another site's page asks for, and nothing without the token", async () => {
    const elsewhere = await newPage();
    await operator.tmdb.misbehave([]);
    await elsewhere.goto(operator.tmdb.url);
    const path = `${address.origin}/api/cancel?date=${DATE}`;
    const ask = (url: string) => elsewhere.evaluate((to) => fetch(to, { method: "POST" }).then(String, String), url);
    expect(await ask(path)).toContain("Failed to fetch");
    await elsewhere.goto(`${address.origin}/?date=${DATE}`);
    await elsewhere.getByText("open the address that the command has printed").waitFor();
    expect(await elsewhere.getByRole("button", { name: /Drop a CSV|Replay/ }).count()).toBe(0);
    await elsewhere.close();
    // What the refusals are told as is no fault of the page.
    wrong.splice(0);
  });

  test("opens as a file without a network, narrow and dark", async () => {
    await operator.json("report", "--out", "report.html");
    requests.splice(0);
    await page.context().setOffline(true);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 360, height: 800 });
    await page.goto(pathToFileURL(join(operator.place.path, "report.html")).href);
    await untilEquation("13 ids = 12 stored + 1 failed");
    await page.getByRole("button", { name: /^lote 1: / }).click();
    await dialog().getByRole("button", { name: UNKNOWN }).click();
    expect(await dialog().textContent()).toContain(
      "failed in lote 1 of 1: not_found, status 404: The resource you requested",
    );
    await page.keyboard.press("Escape");
    expect(await seriousFaults(page)).toEqual([]);
    // Nothing but the file was asked for, and nothing is wider than the screen.
    expect(requests.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(wrong).toEqual([]);
  });
});

/** What is used of axe. */
interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}
