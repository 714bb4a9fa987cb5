import type { Reason } from "@lotes/core";
import type { RunDocument, RunPart } from "../document.ts";
import { commands } from "./commands.ts";
import { formatNumber, plural, Typed } from "./format.tsx";

interface Props {
  readonly document: RunDocument;
  readonly run: RunPart;
  readonly onShow: (reason: string) => void;
  /** Undefined where nothing can be sent. */
  readonly onReplay: ((reason?: Reason) => void) | undefined;
}

/** The failures by reason, with what to do about each. */
export function Failures({ document, run, onShow, onReplay }: Props) {
  const { command, queues } = document;
  const letters = queues?.dead_letters.visible ?? 0;
  return (
    <section aria-labelledby="failures-title">
      <h2 id="failures-title">Failures by reason</h2>
      {run.reasons.length === 0 && <p class="quiet">No id has failed.</p>}
      {letters > 0 && <p class="quiet">{plural(letters, "message")} in the DeadLetterQueue, as SQS counts.</p>}
      {onReplay && (run.failed > 0 || letters > 0) && (
        <div class="do">
          <button type="button" onClick={() => onReplay()}>
            Replay what a second try can help…
          </button>
        </div>
      )}
      <ul class="reasons">
        {run.reasons.map(({ reason, count, meaning, advice, retryable }) => (
          <li key={reason}>
            <span class="count of-failed">{formatNumber(count)}</span>
            <div>
              <button type="button" class="link" onClick={() => onShow(reason)}>
                {reason}
              </button>
              : {meaning}.<br />
              <span class="quiet">What to do: {advice}.</span>
              {command && (onReplay || retryable) && (
                <div class="do">
                  {onReplay && (
                    <button type="button" onClick={() => onReplay(reason)}>
                      Replay…
                    </button>
                  )}
                  {retryable && <Typed line={commands.replay({ reason }, document)} />}
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
      {run.malformed_messages > 0 && (
        <p>{plural(run.malformed_messages, "message")} of another program came to the queues; the ledger keeps them.</p>
      )}
    </section>
  );
}
