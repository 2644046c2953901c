/** Where the visitor writes; Enter sends, Shift and Enter begins a line. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons";
import { useGiven } from "./use";

const MAX_CHARS = 8_000;
const MAX_HEIGHT_PX = 140;

export function Composer() {
  const { desk, brand, texts, view } = useGiven();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (view.isOpen) field.current?.focus({ preventScroll: true });
  }, [view.isOpen, view.conversationId]);
  useEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);
  const submit = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words) return;
    setText("");
    void desk.send(words);
    field.current?.focus();
  };
  const canAskPerson = brand.hands_off && view.talk.person === "none" && view.talk.lines.length > 0;
  return (
    <form class="composer" onSubmit={submit}>
      {canAskPerson && (
        <button type="button" class="ask-person" onClick={() => void desk.send(texts.askPersonWords)}>
          <Icon name="person" />
          {texts.askPerson}
        </button>
      )}
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          maxLength={MAX_CHARS}
          aria-label={texts.message}
          placeholder={texts.message}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
          }}
        />
        <button type="submit" class="send" aria-label={texts.send} title={texts.send} disabled={!text.trim()}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
