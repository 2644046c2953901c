/** A secret that is shown once, and a press that must be meant. */

import { useState } from "react";
import { Button } from "../parts/parts";

export function Once({ label, secret }: { label: string; secret: string }) {
  const [isCopied, copied] = useState(false);
  return (
    <div role="status" className="rounded-lg bg-soft p-4 text-sm">
      <p className="font-medium">{label}. It is shown this once.</p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <code className="min-w-0 rounded bg-card px-2 py-1 [overflow-wrap:anywhere]">{secret}</code>
        <Button onClick={() => void navigator.clipboard?.writeText(secret).then(() => copied(true))}>
          {isCopied ? "Copied" : "Copy"}
        </Button>
      </div>
    </div>
  );
}

/** What cannot be undone asks for a second press. */
export function Twice({
  first,
  second,
  about,
  onPress,
}: {
  first: string;
  second: string;
  about: string;
  onPress: () => void;
}) {
  const [isAsked, ask] = useState(false);
  return (
    <Button
      look="quiet"
      className={isAsked ? "text-bad" : ""}
      aria-label={`${isAsked ? second : first} ${about}`}
      onBlur={() => ask(false)}
      onClick={() => {
        if (isAsked) onPress();
        ask(!isAsked);
      }}
    >
      {isAsked ? second : first}
    </Button>
  );
}
