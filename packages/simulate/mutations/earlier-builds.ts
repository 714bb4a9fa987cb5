import type { Mutation } from "./mutation.ts";

/** What commit 59d06bf did wrong, done once more. */
export const EARLIER_BUILDS: readonly Mutation[] = [
  {
    name: "an invocation leaves its second to whoever is next (environments)",
    edits: [
      {
        file: "tmdb/src/turns.ts",
        from: "if (mayEndAt <= now) return true;",
        to: "if (mayEndAt > Number.NEGATIVE_INFINITY) return true;",
      },
    ],
  },
  {
    name: "a request's second is counted from its sending (jitter)",
    edits: [
      {
        file: "tmdb/src/turns.ts",
        from: "latestArrival = Math.max(sentAt, now - roundTrip.bound);",
        to: "latestArrival = sentAt;",
      },
    ],
  },
  {
    name: "a pause is measured by the wall clock (clock)",
    edits: [
      {
        file: "tmdb/src/request-limiter.ts",
        from: "this.#pausedUntil - performance.now(),",
        to: "this.#pausedUntil - (Date.now() - Date.UTC(2026, 10, 23)),",
      },
    ],
  },
  {
    name: "the time left is asked of the wall clock at the end (clock)",
    edits: [
      {
        file: "functions/src/deadline.ts",
        from: "const end = performance.now() + left;",
        to: "const end = performance.now() + (left + (Date.UTC(2026, 10, 23) + performance.now() - Date.now()));",
      },
    ],
  },
  {
    name: "messages hold what SQS refuses (forbidden characters)",
    edits: [
      {
        file: "core/src/stages/message.ts",
        from: "/[^ -~]/g,",
        to: "/(?!)/g,",
      },
    ],
  },
  {
    name: "attempts may be any number (poisoned ledger)",
    edits: [
      {
        file: "core/src/stages/message.ts",
        from: "z.catch(z.int().check(z.nonnegative(), z.maximum(MOST_ATTEMPTS)), 0)",
        to: "z.number()",
      },
      {
        file: "core/src/files/ledger-entry.ts",
        from: "Number.isSafeInteger(report.attempts) && report.attempts > 0 ? report.attempts : 1;",
        to: "report.attempts;",
      },
    ],
  },
  {
    name: "an attempt has no time of its own (drip)",
    edits: [
      {
        file: "tmdb/src/attempt.ts",
        from: "isLate = true;\n    stop();",
        to: "isLate = true;",
      },
    ],
  },
  {
    name: "a page that refuses is taken for TMDB's word",
    edits: [
      {
        file: "tmdb/src/failure-of.ts",
        from: 'reason: status === 401 && !isPage(data) ? "unauthorized" : "server_error", curable: true',
        to: 'reason: "unauthorized", curable: false',
      },
    ],
  },
  {
    name: "a CSV of which nothing is selected takes the place of a good run",
    edits: [
      {
        file: "core/src/stages/produce.ts",
        from: "if (rejection === undefined ||",
        to: "if (true ||",
      },
    ],
  },
  {
    name: "a message that fails alone is an error of the function",
    edits: [
      {
        file: "functions/src/consumer-handler.ts",
        from: "throwOnFullBatchFailure: false",
        to: "throwOnFullBatchFailure: true",
      },
    ],
  },
  {
    name: "rows whose numbers can't be read are not counted",
    edits: [
      {
        file: "core/src/dataset/select-ids.ts",
        from: "if (unreadable) this.unreadable.add(row,",
        to: "if (unreadable) void ((_: unknown, __: unknown) => {})(row,",
      },
    ],
  },
  {
    name: "an id keeps the space around it",
    edits: [
      {
        file: "core/src/dataset/select-ids.ts",
        from: 'row[ID_COLUMN]?.trim() ?? ""',
        to: 'row[ID_COLUMN] ?? ""',
      },
    ],
  },
  {
    name: "a lote that TMDB holds up is not given back",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "if (fetched.isHeldUp && delivery.receiveCount < MAX_RECEIVE_COUNT)",
        to: "if (false)",
      },
    ],
  },
  {
    name: "which id a record was asked for under is not kept in a large lote",
    edits: [
      {
        file: "core/src/files/lote-file.ts",
        from: "{ ids: list } : marksOf(ids, records)",
        to: "{ ids: list } : {}",
      },
    ],
  },
];
