import type { RunDate } from "../dataset/run-date.ts";
import { type Manifest, ManifestError, parseManifest } from "../files/manifest.ts";
import type { StoredObject } from "../ports.ts";

/** What the `_manifest.json` of a date holds, or why it can't be used. */
export type FoundManifest = { readonly manifest: Manifest } | { readonly problem: string };

/** What the object of a date's manifest holds. */
export function foundIn(object: Pick<StoredObject, "body">, date: RunDate): FoundManifest {
  try {
    const manifest = parseManifest(object);
    if (manifest.date === date) return { manifest };
    return { problem: `_manifest.json is of ${manifest.date}; remove it, and drop the CSV again` };
  } catch (error) {
    if (error instanceof ManifestError) return { problem: error.message };
    throw error;
  }
}
