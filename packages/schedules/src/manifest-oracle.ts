import type { KnownObject } from "./evidence.ts";
import type { Entry } from "./ledger-oracle.ts";

/** What is known of a settled date without its manifest. */
export interface SettledDate {
  readonly date: string;
  readonly run: string;
  readonly ids: number;
  /** By name: the lotes, the ledger, and the manifest if there is one. */
  readonly files: ReadonlyMap<string, KnownObject>;
  /** The failed ids. */
  readonly failed: readonly Entry[];
}

/** What is wrong with the manifest of a date that has settled. */
export function judgeManifest({ date, run, ids, files, failed }: SettledDate): string[] {
  const object = files.get("_manifest.json");
  if (object === undefined) return [`${date} has settled, and has no manifest`];
  const manifest = JSON.parse(object.body);
  const wrong: string[] = [];
  const expect = (claimed: unknown, actual: unknown, what: string) => {
    if (JSON.stringify(claimed) !== JSON.stringify(actual))
      wrong.push(
        `${date}: the manifest has ${JSON.stringify(claimed)} as ${what}, and it is ${JSON.stringify(actual)}`,
      );
  };
  const lotes = [...files]
    .filter(([name]) => /^lote_\d+\.json$/.test(name))
    .sort(([a], [b]) => numberOf(a) - numberOf(b));
  const lines = (body: string) => body.split("\n").filter((line) => line !== "").length;
  expect(manifest.version, 1, "version");
  expect(manifest.run, run, "run");
  expect(manifest.date, date, "date");
  expect(manifest.revision >= 1, true, "a revision from 1");
  expect([manifest.ids, manifest.failed], [ids, failed.length], "ids and failed");
  expect(manifest.stored, ids - failed.length, "stored");
  expect(
    Object.entries(manifest.failed_by_reason as Record<string, number>).sort(),
    [...Map.groupBy(failed, ({ reason }) => reason)].map(([reason, entries]) => [reason, entries.length]).sort(),
    "failed by reason",
  );
  expect(
    (manifest.files as { key: string; etag: string; records: number; bytes: number }[]).map((file) => [
      file.key.split("/").at(-1),
      file.etag,
      file.records,
      file.bytes,
    ]),
    lotes.map(([name, { body, etag }]) => [name, etag, lines(body), Buffer.byteLength(body)]),
    "files",
  );
  const ledger = files.get("erros_geral.json");
  expect(
    manifest.ledger && [manifest.ledger.etag, manifest.ledger.entries],
    ledger ? [ledger.etag, lines(ledger.body)] : null,
    "ledger",
  );
  return wrong;
}

function numberOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0]);
}
