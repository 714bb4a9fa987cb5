import { type FolderStore, misplacedInputs, type RunDate, type Trouble } from "@lotes/core";
import { s3Uri } from "./documents.ts";
import { formatNumber } from "./output.ts";

/** A folder of look-alikes may have been uploaded: some of them are enough to show. */
const MOST_TOLD = 5;
const PACKED = /\.(gz|zip|bz2|xz|zst)$/i;

/** A trouble for each CSV that lies where no run begins, and may have been meant for the date. */
export async function misplacedTroubles(
  { store, bucket }: { readonly store: FolderStore; readonly bucket: string },
  date: RunDate,
  now = new Date(),
): Promise<Trouble[]> {
  const found = await misplacedInputs(store, date, now).catch(notAllowed);
  const more = found.length - MOST_TOLD;
  return found.slice(0, MOST_TOLD).map(({ key, expectedKey }, index) => {
    const others = more > 0 && index === MOST_TOLD - 1 ? `, as do ${formatNumber(more)} others` : "";
    const unpacked = PACKED.test(key) ? ", unpacked" : "";
    const message = `${s3Uri(bucket, key)} lies where no run begins${others}: its key should be ${expectedKey}${unpacked}`;
    return { code: "misplaced_csv", message };
  });
}

/** Without the permission to list the bucket there are no such troubles, and everything else is still shown. */
function notAllowed(error: { readonly $metadata?: { readonly httpStatusCode?: number } }): [] {
  if (error.$metadata?.httpStatusCode === 403) return [];
  throw error;
}
