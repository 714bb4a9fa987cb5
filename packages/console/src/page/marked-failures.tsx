import { plural } from "./format.tsx";
import type { Row } from "./rows.ts";

interface MarkedFailuresProps {
  /** The failures among what is shown. */
  readonly found: readonly Row[];
  readonly ids: readonly string[];
  readonly onMark: (marked: ReadonlySet<string>) => void;
  readonly onReplay: () => void;
}

/** What can be done with the failures that are marked. */
export function MarkedFailures({ found, ids, onMark, onReplay }: MarkedFailuresProps) {
  return (
    <div class="do">
      <button type="button" disabled={found.length === 0} onClick={() => onMark(new Set(found.map(({ id }) => id)))}>
        Mark the {plural(found.length, "failure")} found
      </button>
      {ids.length > 0 && (
        <>
          <button type="button" onClick={() => onMark(new Set())}>
            Unmark
          </button>
          <button type="button" class="main" onClick={onReplay}>
            Replay {plural(ids.length, "marked failure")}…
          </button>
        </>
      )}
    </div>
  );
}
