import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { manifestKey, outputPrefix, type RunDate } from "@lotes/core";
import type { Place } from "./place.ts";

interface NamedFile {
  readonly key: string;
  readonly etag: string;
  readonly version_id?: string;
  readonly bytes?: number;
  readonly records?: number;
  readonly entries?: number;
}

interface Manifest {
  readonly revision: number;
  readonly ids: number;
  readonly stored: number;
  readonly failed: number;
  readonly reused: number;
  readonly files: readonly NamedFile[];
  readonly ledger: NamedFile | null;
}

/**
 * Reads what a date's manifest names, by version where it names one, as the next step of a pipeline would.
 * @returns in words what it says and whether all is so
 */
export async function manifestInWords(place: Place, date: RunDate): Promise<string> {
  const manifest: Manifest = JSON.parse((await object(place, { key: manifestKey(date) }))?.body ?? "null");
  const wrong: string[] = [];
  for (const file of [...manifest.files, ...(manifest.ledger ? [manifest.ledger] : [])]) {
    if (!(await isAsNamed(place, file))) wrong.push(file.key.slice(outputPrefix(date).length));
  }
  const records = manifest.files.reduce((sum, file) => sum + (file.records ?? 0), 0);
  const { ids, stored, failed, reused, revision, files, ledger } = manifest;
  if (records !== stored || ids !== stored + failed || (ledger?.entries ?? 0) !== failed) wrong.push("its sums");
  const unnamed = (await listed(place, date)).filter((key) => !files.some((file) => file.key === key));
  if (unnamed.length > 0) wrong.push(`${unnamed.length} lotes that it does not name`);
  const told = `revision ${revision}, ${files.length} lotes, ${reused} reused`;
  return wrong.length === 0 ? `${told}: all is so` : `${told}; wrong: ${wrong.join(", ")}`;
}

/** Whether a file holds as many lines and bytes as the manifest says, under its ETag. */
async function isAsNamed(place: Place, file: NamedFile): Promise<boolean> {
  const found = await object(place, file);
  if (found?.etag !== file.etag) return false;
  const lines = found.body.split("\n").length - 1;
  return lines === (file.records ?? file.entries) && [undefined, Buffer.byteLength(found.body)].includes(file.bytes);
}

/** The keys of the date's lotes. */
async function listed({ s3, bucket }: Place, date: RunDate): Promise<string[]> {
  const keys: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: `${outputPrefix(date)}lote_` });
  for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = "" }) => Key));
  return keys;
}

async function object({ s3, bucket }: Place, { key, version_id }: Pick<NamedFile, "key" | "version_id">) {
  try {
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version_id }));
    return { body: (await Body?.transformToString()) ?? "", etag: ETag?.replaceAll('"', "") };
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}
