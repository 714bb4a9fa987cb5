import type { Mutation } from "./mutation.ts";

/** What schedules have found, and what was mended then, done wrong once more. */
export const FOUND_FAULTS: readonly Mutation[] = [
  {
    name: "a run whose CSV was replaced while it was queued is not given up",
    edits: [
      {
        file: "core/src/stages/produce.ts",
        from: "await output.changeRun((current) => giveUp(started.run, current));",
        to: "",
      },
    ],
  },
  {
    name: "who gives a run up leaves its files",
    edits: [
      {
        file: "core/src/stages/produce.ts",
        from: 'await removeFilesIfRejected(output);\n    log.warn("the CSV was replaced',
        to: 'log.warn("the CSV was replaced',
      },
    ],
  },
  {
    name: "the consumer does not look into the ledger after its write",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "isInLedger || mayBeRepeated",
        to: "mayBeRepeated",
      },
    ],
  },
  {
    name: "lote_failed may take the place of the true reason",
    edits: [
      {
        file: "core/src/files/ledger-entry.ts",
        from: 'entry.reason !== "lote_failed"',
        to: '""',
      },
    ],
  },
  {
    name: "a consumer that drops a lote does not take it back",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "await withdrawLote(output, message.lote, message.run);",
        to: "",
      },
    ],
  },
  {
    name: "the collector does not take back the lotes of what it drops",
    edits: [
      {
        file: "core/src/files/enter-reports.ts",
        from: "for (const { lote, run } of superseded) await withdrawLote(output, lote, run);",
        to: "",
      },
    ],
  },
  {
    name: "the collector does not look at the run again after its write",
    edits: [
      {
        file: "core/src/files/enter-reports.ts",
        from: "|| nameInForce(current) !== before) continue;",
        to: ") continue;",
      },
    ],
  },
  {
    name: "who takes the place of the same bytes does not look again",
    edits: [
      {
        file: "core/src/files/store-lote.ts",
        from: "if (!replacesSameBytes) return wasThere;",
        to: "if (replacesSameBytes || !replacesSameBytes) return wasThere;",
      },
    ],
  },
  {
    name: "a later upload's rejection is forgotten",
    edits: [
      {
        file: "core/src/files/run-rules.ts",
        from: "? rejected : null;",
        to: "? null : null;",
      },
    ],
  },
  {
    name: "an invocation that sent nothing adds to the wait",
    edits: [
      {
        file: "tmdb/src/turns.ts",
        from: "return Math.min(this.#quota.allBackAt, latest);",
        to: "return latest;",
      },
    ],
  },
  {
    name: "who is not to force a CSV leaves the run of it queuing",
    edits: [
      {
        file: "core/src/files/run-rules.ts",
        from: "if (isQueuing(mine.run, current)) {",
        to: "if (isQueuing(mine.run, current) && false) {",
      },
    ],
  },
  {
    name: "the event of a cancelled run leaves what earlier runs have left",
    edits: [
      {
        file: "core/src/stages/produce.ts",
        from: "await removeEarlierFiles(output, run);",
        to: "",
      },
    ],
  },
  {
    name: "a consumer leaves the ledger of what it drops",
    edits: [
      {
        file: "core/src/stages/consume.ts",
        from: "await removeStrayEntries(output, message.lote);",
        to: "",
      },
    ],
  },
  {
    name: "an entry of no run keeps the name of the run before",
    edits: [
      {
        file: "core/src/files/enter-reports.ts",
        from: " && next.metadata.run === object.metadata.run",
        to: "",
      },
    ],
  },
  {
    name: "a cancellation does not put the ledger together",
    edits: [
      {
        file: "core/src/operator/cancel-run.ts",
        from: 'if (run?.status === "cancelled") await publishLedger(output, run);',
        to: "",
      },
    ],
  },
  {
    name: "parts of an earlier run come into the ledger",
    edits: [
      {
        file: "core/src/files/publish-ledger.ts",
        from: "lines.add(piece, isOf(run, piece));",
        to: "lines.add(piece, true);",
      },
    ],
  },
  {
    name: "a ledger bears the name of the parts that were listed",
    edits: [
      {
        file: "core/src/files/publish-ledger.ts",
        from: "[PARTS]: stateOf(lines.pieces)",
        to: "[PARTS]: stateOf(parts)",
      },
    ],
  },
];
