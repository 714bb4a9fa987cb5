import * as z from "zod/mini";
import { filterSchema } from "../dataset/movie-filter.ts";
import { ATTRIBUTION } from "../dataset/movies.ts";
import type { NewObject, StoredObject } from "../ports.ts";
import { REASONS } from "../reasons.ts";
import { withoutByteOrderMark } from "../text-lines.ts";
import { EditedFileError, oddField } from "./edited-file-error.ts";
import { sourceSchema } from "./run-file.ts";

const count = z.int().check(z.nonnegative());
const instant = z.iso.datetime();

const fileSchema = z.object({
  key: z.string(),
  etag: z.string(),
  /** Where the bucket is versioned. */
  version_id: z.optional(z.string()),
  records: count,
  bytes: count,
  /** When TMDB gave the oldest of the records. */
  oldest_fetched_at: instant,
});

const ledgerSchema = z.object({
  key: z.string(),
  etag: z.string(),
  version_id: z.optional(z.string()),
  entries: count,
});

const VERSION = 1;

const fieldsSchema = z.object({
  version: z.literal(VERSION),
  /** Whose data it is. Manifests of earlier versions do not say so. */
  attribution: z.optional(z.string()),
  run: z.string().check(z.minLength(1)),
  date: z.string(),
  /** 1, and one more for each change of the settled account, as a replay makes one. */
  revision: z.int().check(z.positive()),
  source: sourceSchema,
  filter: filterSchema,
  ids: count,
  stored: count,
  failed: count,
  failed_by_reason: z.partialRecord(z.enum(REASONS), count),
  /** Records that were not asked for, since an earlier output had them. */
  reused: count,
  started_at: instant,
  queued_at: instant,
  /** An instant at which every file held what is said here. */
  finished_at: instant,
  /** What was spent, as far as it is kept. */
  requests: count,
  retries: count,
  rate_limited: count,
  files: z.array(fileSchema),
  /** Null when nothing failed. */
  ledger: z.nullable(ledgerSchema),
});

const manifestSchema = fieldsSchema.check(
  z.refine(({ ids, stored, failed }) => ids === stored + failed, { path: ["ids"] }),
  z.refine(({ stored, files }) => stored === sum(files.map(({ records }) => records)), { path: ["stored"] }),
  z.refine(({ failed, failed_by_reason }) => failed === sum(Object.values(failed_by_reason)), { path: ["failed"] }),
);

function sum(counts: readonly number[]): number {
  return counts.reduce((total, each) => total + each, 0);
}

/** `_manifest.json`: the settled run of a date, and the files that hold it. */
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = z.infer<typeof fileSchema>;
/** What a manifest says of a settled run. */
export type SettledRun = Omit<Manifest, "version" | "attribution" | "revision">;

/** `_manifest.json` holds something else: somebody wrote it by hand, or a later version of this program did. */
export class ManifestError extends EditedFileError {
  override readonly name = "ManifestError";
}

/** @throws {ManifestError} */
export function parseManifest({ body }: Pick<StoredObject, "body">): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(withoutByteOrderMark(body));
  } catch (cause) {
    throw new ManifestError("_manifest.json is not JSON; remove it, and drop the CSV again", { cause });
  }
  const { data, error } = manifestSchema.safeParse(json);
  if (data !== undefined) return data;
  const version = (json as { readonly version?: unknown } | null)?.version;
  const isLater = typeof version === "number" && version > VERSION;
  throw new ManifestError(
    isLater
      ? `_manifest.json has version ${version}, and this program knows ${VERSION}: update this program`
      : `_manifest.json does not hold a manifest${oddField(error)}; remove it, and drop the CSV again`,
    { cause: error },
  );
}

/** @returns undefined for one that can't be read */
export function readManifest(object: Pick<StoredObject, "body">): Manifest | undefined {
  try {
    return parseManifest(object);
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

export function manifestObject(manifest: Manifest): NewObject {
  return {
    body: `${JSON.stringify(manifest, null, 2)}\n`,
    contentType: "application/json",
    metadata: { run: manifest.run, revision: String(manifest.revision) },
  };
}

/** The manifest for a settled account: the next revision of the one that is there, or undefined if that says it already. */
export function nextManifest(settled: SettledRun, known: Manifest | undefined): Manifest | undefined {
  const isSameRun = known?.run === settled.run;
  if (isSameRun && saysTheSame(known, settled)) return undefined;
  const { run, date, ...facts } = settled;
  return {
    version: VERSION,
    attribution: ATTRIBUTION,
    run,
    date,
    revision: isSameRun ? known.revision + 1 : 1,
    ...facts,
  };
}

function saysTheSame(known: Manifest, settled: SettledRun): boolean {
  return names(known, settled.files, settled.ledger?.etag);
}

/** Whether a manifest names just these files of lotes, and this ledger, as they are. */
export function names(
  { files, ledger }: Manifest,
  lotes: readonly Pick<ManifestFile, "key" | "etag">[],
  ledgerEtag: string | undefined,
): boolean {
  const etags = new Map(files.map(({ key, etag }) => [key, etag]));
  return (
    lotes.length === etags.size &&
    lotes.every(({ key, etag }) => etags.get(key) === etag) &&
    ledger?.etag === ledgerEtag
  );
}
