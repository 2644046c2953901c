/** Where the visitor writes and brings files; Enter sends, Shift and Enter begins a line. */

import { useEffect, useRef, useState } from "preact/hooks";
import { directionOfText } from "../../../shared/direction";
import { Files } from "./files";
import { Icon } from "./icons";
import { directionOf, filled } from "./texts/texts";
import { useGiven } from "./use";

const MAX_CHARS = 8_000;
const TOLD_CHARS = 400; // before the end: how many are left
const MAX_HEIGHT_PX = 140;

export function Composer() {
  const { desk, brand, texts, language, view } = useGiven();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (view.isOpen && desk.mayTakeFocus()) field.current?.focus({ preventScroll: true });
  }, [desk, view.isOpen, view.conversationId]);
  useEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);
  const left = MAX_CHARS - text.trim().length;
  const submit = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words || left < 0) return;
    setText("");
    void desk.talk.send(words);
    field.current?.focus();
  };
  const canAskPerson = brand.hands_off && view.talk.person === "none" && view.talk.lines.length > 0;
  return (
    <form class="composer" onSubmit={submit}>
      {canAskPerson && (
        <button type="button" class="ask-person" onClick={() => void desk.talk.send(texts.askPersonWords)}>
          <Icon name="person" />
          {texts.askPerson}
        </button>
      )}
      <Files />
      {left < TOLD_CHARS && (
        <p class="note" role="status">
          {left < 0
            ? filled(texts.charactersOver, (-left).toLocaleString(language))
            : filled(texts.charactersLeft, left.toLocaleString(language))}
        </p>
      )}
      <div class="field">
        {brand.files && <Attach />}
        <textarea
          ref={field}
          rows={1}
          dir={directionOfText(text, directionOf(language))}
          aria-label={texts.message}
          placeholder={texts.message}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            desk.talk.typing();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label={texts.send}
          title={texts.send}
          disabled={!text.trim() || left < 0}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

function Attach() {
  const { desk, texts } = useGiven();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="attach"
        aria-label={texts.attach}
        title={texts.attach}
        onClick={() => chooser.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={chooser}
        type="file"
        hidden
        tabIndex={-1}
        aria-label={texts.attach}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (file) void desk.talk.attach(file);
        }}
      />
    </>
  );
}
