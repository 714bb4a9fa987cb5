import type { RunDocument } from "../document.ts";
import { commands } from "./commands.ts";
import { Dialog } from "./dialog.tsx";
import { Foreign, formatNumber, plural, Time, Typed } from "./format.tsx";
import { attributesOf, type Story, storyOf } from "./story.ts";

interface Props {
  readonly id: string;
  readonly document: RunDocument;
  readonly onClose: () => void;
  readonly onOpenLote: (lote: number) => void;
  /** Undefined where nothing can be sent. */
  readonly onReplay: ((id: string) => void) | undefined;
}

/** What became of one id, as `lotes explain` tells it. */
export function StoryDialog({ id, document, onClose, onOpenLote, onReplay }: Props) {
  const story = storyOf(id, document);
  const { command, run } = document;
  return (
    <Dialog title={id} onClose={onClose}>
      {"lote" in story && (
        <p>
          {story.state === "open" ? "neither stored nor failed yet" : story.state} in{" "}
          <button type="button" class="link" onClick={() => onOpenLote(story.lote.lote)}>
            lote {formatNumber(story.lote.lote)}
          </button>{" "}
          of {formatNumber(run?.lotes ?? 0)}
          {story.state === "stored" && `, in lote_${story.lote.lote}.json`}
        </p>
      )}
      <Told story={story} />
      {command && (
        <div class="do">
          {story.state === "failed" && onReplay && (
            <button type="button" onClick={() => onReplay(id)}>
              Replay…
            </button>
          )}
          <Typed line={commands.explain(id, document)} />
        </div>
      )}
    </Dialog>
  );
}

function Told({ story }: { readonly story: Story }) {
  switch (story.state) {
    case "stored": {
      const { work } = story.lote;
      return (
        <>
          {work && (
            <p>
              Its lote was asked for from <Time at={work.started_at} /> to <Time at={work.ended_at} />
              {work.repeated && ", in more than one delivery"}.
            </p>
          )}
          <dl class="attributes">
            {attributesOf(story.record).map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value === null ? <span class="quiet">unknown</span> : <Foreign text={String(value)} />}</dd>
              </div>
            ))}
          </dl>
        </>
      );
    }
    case "failed": {
      const [, reason, status, message, attempts, first, last] = story.failure;
      return (
        <>
          <p>
            <b class="of-failed">{reason}</b>
            {status !== null && `, status ${status}`}: <Foreign text={story.lote.messages[message] ?? ""} />
          </p>
          <p>
            Tried {attempts === 1 ? "once" : plural(attempts, "time")}, first at <Time at={first} />, last at{" "}
            <Time at={last} />.
          </p>
        </>
      );
    }
    case "open":
      return <p>Its lote has a file, without its record, and no failure was entered.</p>;
    case "unknown":
      return <p>Neither a record nor a failure tells of it: it is still to come, or was never selected.</p>;
  }
}
