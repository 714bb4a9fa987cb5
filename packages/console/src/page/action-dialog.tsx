import { useEffect, useState } from "preact/hooks";
import type { Told } from "../operations.ts";
import { Dialog } from "./dialog.tsx";
import { Typed } from "./format.tsx";

/** An option of a command, which may be set before something is done. */
export interface Flag {
  /** As the command calls it. */
  readonly name: string;
  readonly label: string;
  /** Whether it changes what would be done. */
  readonly plansAnew: boolean;
}

type Flags = ReadonlySet<string>;

/** Something that can be done, which is told before. */
export interface Action {
  readonly title: string;
  readonly flags: readonly Flag[];
  /** What the button says that does it. */
  readonly button: string;
  /** Does the same in a terminal. */
  readonly command: (flags: Flags) => string;
  /** Tells what would be done. */
  readonly plan: (flags: Flags) => Promise<Told>;
  readonly act: (flags: Flags) => Promise<Told>;
}

type Step =
  | { readonly at: "reading" | "acting" }
  | { readonly at: "planned" | "done"; readonly told: Told }
  | { readonly at: "failed"; readonly message: string };

// What is possible only by force is done with that option.
const FORCE = "--force";

/** Tells what an action would do, does it if that is wanted, and tells what came of it. */
export function ActionDialog({ action, onClose }: { readonly action: Action; readonly onClose: () => void }) {
  const [step, setStep] = useState<Step>({ at: "reading" });
  const [flags, setFlags] = useState<Flags>(new Set());
  const onError = ({ message }: Error) => setStep({ at: "failed", message });
  const planned = action.flags.filter(({ name, plansAnew }) => plansAnew && flags.has(name));
  useEffect(() => {
    let isWanted = true;
    setStep({ at: "reading" });
    const take = (next: () => void) => isWanted && next();
    action.plan(flags).then(
      (told) => take(() => setStep({ at: "planned", told })),
      (error) => take(() => onError(error)),
    );
    return () => {
      isWanted = false;
    };
  }, [planned.map(({ name }) => name).join()]);
  const act = () => {
    setStep({ at: "acting" });
    action.act(flags).then((told) => setStep({ at: "done", told }), onError);
  };
  const onlyByForce = step.at === "planned" && step.told.onlyByForce === true;
  const isReady = step.at === "planned" && step.told.possible && (!onlyByForce || flags.has(FORCE));
  const offered = action.flags.filter(({ name }) => name !== FORCE || onlyByForce);
  return (
    <Dialog title={action.title} onClose={onClose}>
      <div role="status">
        {step.at === "reading" && <p>Reading…</p>}
        {step.at === "acting" && <p>Sending…</p>}
        {step.at === "failed" && <p class="of-failed">{step.message}</p>}
        {"told" in step && <pre>{step.told.lines.join("\n").trim()}</pre>}
      </div>
      {(step.at === "planned" || step.at === "reading") && (
        <Flags flags={offered} on={flags} onChange={setFlags} isDisabled={step.at === "reading"} />
      )}
      <div class="do">
        {isReady && (
          <button type="button" class="main" onClick={act}>
            {action.button}
          </button>
        )}
        <Typed line={action.command(flags)} />
      </div>
    </Dialog>
  );
}

interface FlagsProps {
  readonly flags: readonly Flag[];
  readonly on: Flags;
  readonly onChange: (on: Flags) => void;
  readonly isDisabled: boolean;
}

function Flags({ flags, on, onChange, isDisabled }: FlagsProps) {
  return (
    <div class="flags">
      {flags.map(({ name, label }) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={on.has(name)}
            aria-disabled={isDisabled}
            onChange={({ currentTarget: { checked } }) =>
              onChange(new Set(checked ? [...on, name] : [...on].filter((each) => each !== name)))
            }
          />{" "}
          {label} <code>{name}</code>
        </label>
      ))}
    </div>
  );
}
