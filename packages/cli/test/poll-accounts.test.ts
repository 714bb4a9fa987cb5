import type { Account } from "@lotes/core";
import { expect, test, vi } from "vitest";
import { pollAccounts } from "../src/poll-accounts.ts";

/** Takes another account each time, with so many ids stored. */
function accountant() {
  let stored = 0;
  return { account: vi.fn(async () => ({ stored: stored++ }) as Account) };
}

test("accounts are taken one after the other, until whoever follows them leaves", async () => {
  const of = accountant();
  const seen: unknown[] = [];
  for await (const account of pollAccounts(of, { intervalMs: 0 })) {
    seen.push(account?.stored);
    if (account?.stored === 2) break;
  }
  expect(seen).toEqual([0, 1, 2]);
  expect(of.account).toHaveBeenCalledTimes(3);
});

test("a date that has no run yet has no account, and is looked at again", async () => {
  const take = vi.fn(async () => undefined as Account | undefined).mockResolvedValueOnce(undefined);
  take.mockResolvedValueOnce({ stored: 7 } as Account);
  const seen: unknown[] = [];
  for await (const account of pollAccounts({ account: take }, { intervalMs: 0 })) {
    seen.push(account?.stored);
    if (account) break;
  }
  expect(seen).toEqual([undefined, 7]);
});

test("a signal ends them, even in the middle of a long wait", async () => {
  const controller = new AbortController();
  const seen: unknown[] = [];
  for await (const account of pollAccounts(accountant(), { intervalMs: 2 ** 30, signal: controller.signal })) {
    seen.push(account?.stored);
    setImmediate(() => controller.abort());
  }
  expect(seen).toEqual([0]);
});

test("an account that can't be taken ends them with its error", async () => {
  const broken = { account: () => Promise.reject(new Error("no such bucket")) };
  await expect(pollAccounts(broken, { intervalMs: 0 }).next()).rejects.toThrow("no such bucket");
});
