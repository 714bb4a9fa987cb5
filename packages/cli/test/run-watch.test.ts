import { Readable } from "node:stream";
import { Accountant } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { LocalStack } from "@lotes/local";
import { expect, test } from "vitest";
import { uploadCsv } from "../src/csv-upload.ts";
import { Progress } from "../src/progress.ts";
import { RunWatch } from "../src/run-watch.ts";

test("a run whose functions can't be loaded ends with one line that says so", async () => {
  const watch = new RunWatch();
  const stack = await LocalStack.start({
    settings: {},
    handlers: (name) => `data:text/javascript,throw new Error("no ${name} today")`,
    onUnloadable: (name, error) => watch.onUnloadable(name, error),
  });
  try {
    await uploadCsv({ stream: Readable.from(["id\n"]), bytes: undefined }, "2026/11/23", stack.services);
    const accountant = new Accountant(new MemoryStore(), "2026/11/23");
    const screen = { write: () => true };
    await expect(
      watch.untilSettled(accountant, new Progress(40, screen), new AbortController().signal),
    ).rejects.toMatchObject({
      name: "UserError",
      message: "the producer can't be run here: the handler could not be loaded: no producer today; see .lotes/run.log",
    });
  } finally {
    await stack.stop();
  }
});
