import { fateSentences, type Words } from "@lotes/core/operator/fate-words";
import type { RecordRow, RunDocument } from "../document.ts";
import { commands } from "./commands.ts";
import { Dialog } from "./dialog.tsx";
import { Foreign, formatNumber, Time, Typed } from "./format.tsx";
import { storyOf, toldFate } from "./story.ts";

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
  const { command, run, date } = document;
  return (
    <Dialog title={id} onClose={onClose}>
      {run &&
        fateSentences(toldFate(story), date, run).map((sentence, index) => (
          <p key={index}>
            {sentence.map((words) => (
              <Told words={words} onOpenLote={onOpenLote} />
            ))}
          </p>
        ))}
      {story.state === "stored" && <Attributes names={document.attributes} record={story.record} />}
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

function Told({ words, onOpenLote }: { readonly words: Words; readonly onOpenLote: Props["onOpenLote"] }) {
  if (typeof words === "string") return words;
  if ("at" in words) return <Time at={words.at} />;
  if ("reason" in words) return <b class="of-failed">{words.reason}</b>;
  if ("foreign" in words) return <Foreign text={words.foreign} />;
  return (
    <button type="button" class="link" onClick={() => onOpenLote(words.lote)}>
      lote {formatNumber(words.lote)}
    </button>
  );
}

function Attributes({
  names,
  record: [, ...values],
}: {
  readonly names: readonly string[];
  readonly record: RecordRow;
}) {
  return (
    <dl class="attributes">
      {names.map((name, index) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {values[index] == null ? <span class="quiet">unknown</span> : <Foreign text={String(values[index])} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
