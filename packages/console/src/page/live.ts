import type { RunDocument } from "../document.ts";
import type { Update } from "../live-run.ts";
import { merged } from "./merged.ts";

/** What the page knows of a run that it follows. */
export interface Live {
  readonly document: RunDocument | undefined;
  /** Why the run can't be read. */
  readonly problem: string | undefined;
  /** Whether the server tells of it. */
  readonly isConnected: boolean;
}

/**
 * Follows a run as long as the page is seen. A page that is left closes the connection by itself: the server would not notice.
 * @returns what ends it
 */
export function follow(date: string, onChange: (live: Live) => void): () => void {
  let live: Live = { document: undefined, problem: undefined, isConnected: false };
  let source: EventSource | undefined;
  const change = (changed: Partial<Live>) => {
    live = { ...live, ...changed };
    onChange(live);
  };
  const open = () => {
    if (source !== undefined || document.hidden) return;
    source = new EventSource(`/events?date=${encodeURIComponent(date)}`);
    source.onopen = () => change({ isConnected: true });
    source.onerror = () => change({ isConnected: false });
    source.onmessage = ({ data }) => {
      const update = JSON.parse(data) as Update;
      if ("problem" in update) change({ problem: update.problem });
      else if ("document" in update) change({ problem: undefined, document: update.document });
      else if (live.document) change({ problem: undefined, document: merged(live.document, update.changes) });
    };
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  const seen = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", seen);
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    removeEventListener("pagehide", close);
    removeEventListener("pageshow", open);
    close();
  };
}
