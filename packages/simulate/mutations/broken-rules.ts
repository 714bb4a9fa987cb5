import type { Mutation } from "./mutation.ts";

/** A rule of the pipeline left out or turned round. */
export const BROKEN_RULES: readonly Mutation[] = [
  {
    name: "the token stands in failures' messages",
    edits: [
      {
        file: "tmdb/src/failure-of.ts",
        from: 'message: words.replaceAll(token, "***")',
        to: "message: (token + words)",
      },
    ],
  },
  {
    name: "a producer that died while it queued is taken for one that is done",
    edits: [
      {
        file: "core/src/files/run-rules.ts",
        from: 'return status === "queued" ? "already queued" : "go on";',
        to: 'return "already queued";',
      },
    ],
  },
  {
    name: "the producer leaves the files of the earlier run",
    edits: [
      {
        file: "core/src/stages/produce.ts",
        from: "await Promise.all([removeEarlierFiles(output, run.run), ",
        to: "await Promise.all([",
      },
    ],
  },
  {
    name: "the collector does not look into the lote's file before it enters a failure",
    edits: [
      {
        file: "core/src/files/enter-reports.ts",
        from: "const stored = failures.length > 0 ? [...(await storedIds(report, output))] : [];",
        to: "const stored: string[] = [];",
      },
    ],
  },
  {
    name: "the limiter's second is 900 ms",
    edits: [
      {
        file: "tmdb/src/invocation-quota.ts",
        from: "SECOND_MS = 1_000 + 5",
        to: "SECOND_MS = 900",
      },
    ],
  },
  {
    name: "messages that SQS refuses in a batch are not sent again",
    edits: [
      {
        file: "aws/src/sqs-message-queue.ts",
        from: "if (Failed.length === 0) return;",
        to: "if (Failed.length >= 0) return;",
      },
    ],
  },
  {
    name: "writes to S3 are unconditional",
    edits: [
      {
        file: "aws/src/s3-whole-object-store.ts",
        from: '...(expectedEtag === undefined ? { IfNoneMatch: "*" } : { IfMatch: quoted(expectedEtag) }),',
        to: "",
      },
    ],
  },
  {
    name: "an older upload's event may take over from a later one's",
    edits: [
      {
        file: "core/src/files/run-rules.ts",
        from: 'return isOlder(mine.source, current.source) ? "outdated" : "go on";',
        to: 'return "go on";',
      },
    ],
  },
  {
    name: "the consumer does not look at the run again after its write",
    edits: [
      {
        file: "core/src/files/store-lote.ts",
        from: "if (inForce === undefined) await withdrawLote(output, lote, run.run);\n  return { isInForce: inForce !== undefined, isInLedger, wasThere };",
        to: "return { isInForce: true, isInLedger, wasThere };",
      },
    ],
  },
  {
    name: "an error of the report is swallowed",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "if (told) await deadLetterQueue.send([{ body: messageBody(told) }]);",
        to: "if (told) await deadLetterQueue.send([{ body: messageBody(told) }]).catch(() => {});",
      },
    ],
  },
  {
    name: "the collector does not look again after its write",
    edits: [
      {
        file: "core/src/files/enter-reports.ts",
        from: "if (await haveGotRecords(lotes, output)) continue;",
        // It takes no notice of what it sees: all calls before that are as ever.
        to: "if ((await haveGotRecords(lotes, output)) && false) continue;",
      },
    ],
  },
  {
    name: "a lote sent after the queuing is not taken for a repeated one",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "(run.queued_at !== null && sentAt.getTime() > Date.parse(run.queued_at))",
        to: "false",
      },
    ],
  },
  {
    name: "a conditional write is repeated by the SDK",
    edits: [
      {
        file: "aws/src/s3-whole-object-store.ts",
        from: "requestHandler, maxAttempts: 1",
        to: "requestHandler, maxAttempts: 3",
      },
    ],
  },
  {
    name: "the manifest is not asked for a second time",
    edits: [
      {
        file: "core/src/stages/finish.ts",
        from: "const next = again ?? own;",
        to: "const next = own;",
      },
    ],
  },
  {
    name: "the manifest is written on one look in the place of two",
    edits: [
      {
        file: "core/src/files/take-stock.ts",
        from: "if (!(await isUnchanged(run, { files, ledger, published }, output))) return { unsettled };",
        to: "",
      },
    ],
  },
  {
    name: "the ids of a manifest are counted, and not compared",
    edits: [
      {
        file: "core/src/files/look-at-lotes.ts",
        from: 'if (failed.some((id) => ids.has(id))) return "contradicts";',
        to: "",
      },
    ],
  },
  {
    name: "a file is written anew without a word to the collector",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "const told = report ?? closing;",
        to: "const told = report;",
      },
    ],
  },
];
