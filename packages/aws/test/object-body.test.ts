import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import { objectBody } from "../src/object-body.ts";

test("a text in pieces is told with its length in bytes and its CRC-32", () => {
  // The check value of CRC-32 is 0xcbf43926.
  expect(objectBody(["1234", "", "56789"])).toMatchObject({ ContentLength: 9, ChecksumCRC32: "y/Q5Jg==" });
  expect(objectBody(["çã"])).toMatchObject({ ContentLength: 4 });
});

test("no piece is made before those before it are on their way", () => {
  let made = 0;
  const pieces = {
    *[Symbol.iterator]() {
      for (let nth = 0; nth < 5; nth++) {
        made++;
        yield "b".repeat(100_000);
      }
    },
  };
  const { Body } = objectBody(pieces);
  made = 0;
  expect((Body as Readable).read()).toHaveLength(100_000);
  expect(made).toBe(1);
});
