import { afterEach, describe, expect, test, vi } from "vitest";
import { type Change, ContentionError, updateObject } from "../src/files/update-object.ts";
import { ObjectChangedError, type StoredObject, UncertainWriteError } from "../src/ports.ts";
import { MemoryStore, textObject } from "./support/memory-store.ts";

const KEY = "some/key";

/** A bucket with the text under the key. */
async function storeWith(text?: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  if (text !== undefined) await store.putIf(KEY, undefined, textObject(text));
  return store;
}

async function textIn(store: MemoryStore): Promise<string | undefined> {
  return (await store.get(KEY))?.body;
}

const NOTHING: Change = { next: undefined };
const REMOVAL: Change = { next: "remove" };

function appended(current: StoredObject | undefined, line: string) {
  return { next: textObject(`${current?.body ?? ""}${line}\n`) };
}

/** Of the random waits between the rounds, none. */
function withoutWaits(): void {
  vi.spyOn(Math, "random").mockReturnValue(0);
}
afterEach(() => {
  vi.restoreAllMocks();
});

describe("an update", () => {
  test("writes what is not there yet", async () => {
    const store = await storeWith();
    await updateObject(store, KEY, (current) => appended(current, "mine"));
    expect(await textIn(store)).toBe("mine\n");
  });

  test("is told what is there", async () => {
    const store = await storeWith("theirs\n");
    await updateObject(store, KEY, async (current) => appended(current, "mine"));
    expect(await textIn(store)).toBe("theirs\nmine\n");
  });

  test.each([
    ["there is something", "theirs\n"],
    ["there is nothing", undefined],
  ])("that answers undefined leaves it alone when %s", async (_, text) => {
    const store = await storeWith(text);
    const before = await store.get(KEY);
    await updateObject(store, KEY, () => NOTHING);
    expect(await store.get(KEY)).toEqual(before);
  });

  test.each([
    ["there is something", "theirs\n"],
    ["there is nothing", undefined],
  ])("that answers remove leaves nothing when %s", async (_, text) => {
    const store = await storeWith(text);
    await updateObject(store, KEY, () => REMOVAL);
    expect(await store.get(KEY)).toBeUndefined();
  });
});

describe("an update that somebody else comes before", () => {
  test("returns what it found out when it was made, and not before", async () => {
    withoutWaits();
    const store = await storeWith("first\n");
    const { found } = await updateObject(store, KEY, async (current) => {
      if (current?.body === "first\n") await store.overwrite(KEY, "second\n");
      return { ...appended(current, "mine"), found: current?.body };
    });
    expect(found).toBe("second\n");
  });

  test("is made anew of what they wrote", async () => {
    withoutWaits();
    const store = await storeWith("first\n");
    const seen: (string | undefined)[] = [];
    await updateObject(store, KEY, async (current) => {
      seen.push(current?.body);
      if (seen.length === 1) await store.overwrite(KEY, "second\n");
      return appended(current, "mine");
    });
    expect(seen).toEqual(["first\n", "second\n"]);
    expect(await textIn(store)).toBe("second\nmine\n");
  });

  test("does not create what they created meanwhile", async () => {
    withoutWaits();
    const store = await storeWith();
    let rounds = 0;
    await updateObject(store, KEY, async (current) => {
      if (++rounds === 1) await store.overwrite(KEY, "theirs\n");
      return appended(current, "mine");
    });
    expect(await textIn(store)).toBe("theirs\nmine\n");
  });

  test("does not remove what it never saw", async () => {
    withoutWaits();
    const store = await storeWith("old");
    await updateObject(store, KEY, async (current) => {
      if (current?.body !== "old") return NOTHING;
      await store.overwrite(KEY, "new");
      return REMOVAL;
    });
    expect(await textIn(store)).toBe("new");
  });

  test("creates again what they removed", async () => {
    withoutWaits();
    const store = await storeWith("old\n");
    await updateObject(store, KEY, async (current) => {
      if (current) await store.removeIf(KEY, current.etag);
      return appended(current, "mine");
    });
    expect(await textIn(store)).toBe("mine\n");
  });

  test("is content when they removed what it was to remove", async () => {
    const store = await storeWith("old");
    await updateObject(store, KEY, async (current) => {
      if (current) await store.removeIf(KEY, current.etag);
      return REMOVAL;
    });
    expect(await store.get(KEY)).toBeUndefined();
  });

  test("gives up after ten lost rounds, and tells why", async () => {
    withoutWaits();
    const store = await storeWith();
    let rounds = 0;
    const update = updateObject(store, KEY, async (current) => {
      await store.overwrite(KEY, `theirs ${++rounds}`);
      return appended(current, "mine");
    });
    await expect(update).rejects.toBeInstanceOf(ContentionError);
    await expect(update).rejects.toThrow(KEY);
    await expect(update).rejects.toMatchObject({ cause: expect.any(ObjectChangedError) });
    expect(rounds).toBe(10);
    expect(await textIn(store)).toBe("theirs 10");
  });
});

describe("an update of which nobody knows whether it was done", () => {
  test("is looked at again before it is asked for again", async () => {
    withoutWaits();
    const store = await storeWith("the same\n");
    // It is done, but the answer is lost; and somebody else writes. Asked for again as it was, it would hit theirs if they wrote the same bytes.
    vi.spyOn(store, "removeIf").mockImplementationOnce(async (key) => {
      await store.overwrite(key, "another's\n");
      throw new UncertainWriteError(key);
    });
    await updateObject(store, KEY, (current) => (current?.body === "the same\n" ? REMOVAL : NOTHING));
    expect(await textIn(store)).toBe("another's\n");
  });

  test("is done when another try is answered", async () => {
    withoutWaits();
    const store = await storeWith("theirs\n");
    vi.spyOn(store, "putIf").mockRejectedValueOnce(new UncertainWriteError(KEY));
    await updateObject(store, KEY, (current) => appended(current, "mine"));
    expect(await textIn(store)).toBe("theirs\nmine\n");
  });

  test("is told to be uncertain when no try is answered", async () => {
    withoutWaits();
    const store = await storeWith("theirs\n");
    const reset = new UncertainWriteError(KEY, { cause: new Error("read ECONNRESET") });
    vi.spyOn(store, "putIf").mockRejectedValue(reset);
    await expect(updateObject(store, KEY, (current) => appended(current, "mine"))).rejects.toBe(reset);
  });
});

test("twenty writers at once all end up in the object", async () => {
  const store = await storeWith();
  const names = Array.from({ length: 20 }, (_, index) => `writer ${index}`);
  let rounds = 0;
  await Promise.all(
    names.map((name) =>
      updateObject(store, KEY, (current) => {
        rounds++;
        return appended(current, name);
      }),
    ),
  );
  expect((await textIn(store))?.trimEnd().split("\n").sort()).toEqual(names.sort());
  // They did meet.
  expect(rounds).toBeGreaterThan(20);
});

describe("any other error passes through at once", () => {
  const denied = new Error("AccessDenied");

  test.each(["get", "putIf"] as const)("of the store's %s", async (method) => {
    const store = await storeWith("theirs");
    const call = vi.spyOn(store, method).mockRejectedValue(denied);
    await expect(updateObject(store, KEY, (current) => appended(current, "mine"))).rejects.toBe(denied);
    expect(call).toHaveBeenCalledTimes(1);
  });

  test("of the store's removeIf", async () => {
    const store = await storeWith("theirs");
    const call = vi.spyOn(store, "removeIf").mockRejectedValue(denied);
    await expect(updateObject(store, KEY, () => REMOVAL)).rejects.toBe(denied);
    expect(call).toHaveBeenCalledTimes(1);
  });

  test("of the change itself, and nothing is written", async () => {
    const store = await storeWith("theirs");
    await expect(updateObject(store, KEY, () => Promise.reject<Change>(denied))).rejects.toBe(denied);
    expect(await textIn(store)).toBe("theirs");
  });
});
