/** What a visitor takes along of a conversation: a file, or a mail where the desk has a mail server. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../../../client/src/problem";
import type { Line } from "../../../client/src/talk";
import { filled, type Texts } from "./texts/texts";
import { useGiven } from "./use";

const MAX_ADDRESS_CHARS = 254;

export function Keeping({ onEnd }: { onEnd: () => void }) {
  const { desk, brand, texts, language, view } = useGiven();
  const [to, setTo] = useState("");
  const [told, tell] = useState("");
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (event: Event) => {
    event.preventDefault();
    setSending(true);
    tell("");
    try {
      await desk.talk.mail(to.trim(), language);
      tell(filled(texts.mailed, to.trim()));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tell(error.detail || error.title);
    }
    setSending(false);
    field.current?.focus();
  };
  return (
    <form
      class="keeping"
      aria-label={texts.transcript}
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation(); // it closes this, not the chat
        onEnd();
      }}
    >
      <label>
        <span>{texts.mailTo}</span>
        <input
          ref={field}
          type="email"
          dir="ltr"
          required
          autocomplete="email"
          maxLength={MAX_ADDRESS_CHARS}
          value={to}
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <div class="choices">
        <button type="submit" class="chip" aria-disabled={isSending}>
          {texts.mailIt}
        </button>
        <button type="button" class="chip" onClick={() => save(brand.name, texts, view.talk.lines)}>
          {texts.asFile}
        </button>
      </div>
      {told && (
        <p class="thanks" role="status" dir="auto">
          {told}
        </p>
      )}
    </form>
  );
}

/** The conversation as a text file of the visitor's. */
export function save(assistant: string, texts: Texts, lines: Line[]): void {
  const names: { [author: string]: string } = { contact: texts.you, assistant, operator: texts.colleague };
  const written = lines.map(
    (line) => `${line.at.slice(0, 16).replace("T", " ")}  ${line.name || names[line.author]}\n${line.text}\n`,
  );
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([written.join("\n")], { type: "text/plain" }));
  link.download = "conversation.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
