import { useEffect, useState } from "preact/hooks";
import type { Told } from "../operations.ts";
import { Dialog } from "./dialog.tsx";
import { Typed } from "./format.tsx";

/** Something that can be done, which is told before. */
export interface Action {
  readonly title: string;
  /** Does the same in a terminal. */
  readonly command: string;
  /** What the button says that does it. */
  readonly button: string;
  /** Tells what would be done. */
  readonly plan: () => Promise<Told>;
  readonly act: () => Promise<Told>;
}

type Step =
  | { readonly at: "reading" | "acting" }
  | { readonly at: "planned" | "done"; readonly told: Told }
  | { readonly at: "failed"; readonly message: string };

/** Tells what an action would do, does it if that is wanted, and tells what came of it. */
export function ActionDialog({ action, onClose }: { readonly action: Action; readonly onClose: () => void }) {
  const [step, setStep] = useState<Step>({ at: "reading" });
  const take = (at: "planned" | "done", told: Promise<Told>) =>
    told.then(
      (told) => setStep({ at, told }),
      ({ message }: Error) => setStep({ at: "failed", message }),
    );
  useEffect(() => {
    void take("planned", action.plan());
  }, []);
  const act = () => {
    setStep({ at: "acting" });
    void take("done", action.act());
  };
  return (
    <Dialog title={action.title} onClose={onClose}>
      <div role="status">
        {step.at === "reading" && <p>Reading…</p>}
        {step.at === "acting" && <p>Sending…</p>}
        {step.at === "failed" && <p class="of-failed">{step.message}</p>}
        {"told" in step && <pre>{step.told.lines.join("\n").trim()}</pre>}
      </div>
      <div class="do">
        {step.at === "planned" && step.told.possible && (
          <button type="button" class="main" onClick={act}>
            {action.button}
          </button>
        )}
        <Typed line={action.command} />
      </div>
    </Dialog>
  );
}
