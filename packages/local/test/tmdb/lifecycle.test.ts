import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { PortInUseError } from "../../src/port-in-use-error.ts";
import { startInThread } from "../support/tmdb.ts";

describe("stop", () => {
  test("ends every connection, hanging and idle ones too, and frees the port", async () => {
    const standIn = await startInThread({ misbehaviour: [{ ids: ["1"], answer: "hang" }] });
    const port = Number(new URL(standIn.url).port);
    const idle = connect(port, "127.0.0.1");
    await once(idle, "connect");
    const hanging = fetch(`${standIn.url}/3/movie/1`).catch((error) => error);
    await expect.poll(async () => (await standIn.stats()).requests).toBe(1);

    const idleEnds = once(idle.resume(), "close");
    await Promise.all([standIn.stop(), standIn.stop()]);

    expect(await hanging).toBeInstanceOf(TypeError);
    await idleEnds;
    const again = await startInThread({ port });
    expect(again.url).toBe(standIn.url);
  });

  test("leaves nothing that keeps the process alive, and nothing to ask", async () => {
    const module = new URL("../../src/tmdb/start-tmdb-stand-in.ts", import.meta.url);
    const program = `
      import { startTmdbStandIn } from "${module}";
      const standIn = await startTmdbStandIn({ facts: [], latencyMs: 60_000, misbehaviour: [{ ids: ["1"], answer: "hang" }] });
      const unanswered = ["1", "2"].map((id) => fetch(standIn.url + "/3/movie/" + id).catch(() => {}));
      while ((await standIn.stats()).requests < 2);
      await standIn.stop();
      await Promise.all(unanswered);
      console.log(await standIn.stats().catch((error) => error.message));`;

    // Rejects when the program has not ended by itself.
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], {
      timeout: 120_000,
    });

    expect(stdout).toBe("the TMDB stand-in has stopped\n");
  });
});

test("a port in use is one clear line", async () => {
  const port = Number(new URL((await startInThread()).url).port);

  const second = startInThread({ port });

  await expect(second).rejects.toBeInstanceOf(PortInUseError);
  await expect(second).rejects.toThrow(new RegExp(`^port ${port} .*is in use: .+$`));
});
