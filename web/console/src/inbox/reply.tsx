/** Answering the contact: a draft to begin with, a message, or the end with what is learnt from it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { answered, api } from "../api/client";
import type { Handoff } from "../api/shapes";
import { Button, FIELD, Trouble } from "../parts/parts";
import { useConversation } from "../parts/transcript";
import { useMe } from "../shell";
import { CannedPicker } from "./canned";
import { sentHere, typedHere } from "./company";
import { EntryForm } from "./entry_form";
import { NoteForm } from "./note";

/** The id of the field that an answer is written in. */
export const REPLY_FIELD = "reply";

export function Reply({ handoff }: { handoff: Handoff }) {
  const me = useMe().data;
  const [isNote, setNote] = useState(false);
  if (handoff.status === "resolved") return <Ended conversationId={handoff.conversation_id} />;
  if (me?.role === "viewer") return null;
  return (
    <div
      className={`max-h-[60%] has-[[data-entry]]:max-h-[80%] overflow-y-auto border-t px-4 py-3 lg:px-6 ${isNote ? "bg-warn-soft" : "bg-card"}`}
    >
      <div className="mx-auto mb-2 flex max-w-3xl gap-4 text-sm font-medium">
        {[false, true].map((one) => (
          <button
            type="button"
            key={String(one)}
            aria-pressed={isNote === one}
            onClick={() => setNote(one)}
            className={isNote === one ? "text-ink underline underline-offset-4" : "text-quiet hover:text-ink"}
          >
            {one ? "Note" : "Reply"}
          </button>
        ))}
      </div>
      {isNote ? (
        <NoteForm conversationId={handoff.conversation_id} />
      ) : (
        <Form handoff={handoff} mayLearn={me?.may_write_knowledge ?? false} />
      )}
    </div>
  );
}

function Ended({ conversationId }: { conversationId: string }) {
  const status = useConversation(conversationId).data?.status;
  if (!status) return null;
  return (
    <p className="border-t bg-card px-6 py-4 text-sm text-quiet">
      {status === "resolved"
        ? "Resolved. The conversation has ended; if the contact writes again, the assistant answers."
        : "Resolved. The conversation is the assistant's again."}
    </p>
  );
}

function Form({ handoff, mayLearn }: { handoff: Handoff; mayLearn: boolean }) {
  const queries = useQueryClient();
  const keptKey = `reply:${handoff.handoff_id}`;
  const [text, setText] = useState(() => sessionStorage.getItem(keptKey) ?? "");
  const [learns, setLearns] = useState(false);
  const [question, setQuestion] = useState(() =>
    handoff.open_intents.map((i) => i.query || i.text).join(" "),
  );
  const [ownAnswer, setOwnAnswer] = useState<string | null>(null);
  const [goesBack, setGoesBack] = useState(true);
  const answer = ownAnswer ?? text;
  const field = useRef<HTMLTextAreaElement>(null);
  const begin = (words: string) => {
    setText(words);
    field.current?.focus();
  };
  useEffect(() => sessionStorage.setItem(keptKey, text), [keptKey, text]);
  const params = { path: { handoff_id: handoff.handoff_id } };
  const fresh = async () => {
    await queries.invalidateQueries({ queryKey: ["messages", handoff.conversation_id] });
    await queries.invalidateQueries({ queryKey: ["conversation", handoff.conversation_id] });
    await queries.invalidateQueries({ queryKey: ["handoff"] });
    await queries.invalidateQueries({ queryKey: ["handoffs"] });
  };
  const say = useMutation({
    mutationFn: () =>
      answered(api.POST("/v1/handoffs/{handoff_id}/messages", { params, body: { text: text.trim() } })),
    onSuccess: () => {
      begin(""); // not left to the button beside it, which resolves
      sentHere(handoff.handoff_id);
      return fresh();
    },
  });
  const resolve = useMutation({
    mutationFn: () =>
      answered<Handoff>(
        api.POST("/v1/handoffs/{handoff_id}/resolve", {
          params,
          body: {
            ...(text.trim() ? { reply: text.trim() } : {}),
            add_to_knowledge: learns ? { question: question.trim(), answer: answer.trim() } : false,
            return_to_assistant: goesBack,
          },
        }),
      ),
    onSuccess: () => {
      sessionStorage.removeItem(keptKey);
      return fresh();
    },
  });
  const isBusy = say.isPending || resolve.isPending;
  const lacksEntry = learns && !(question.trim() && answer.trim());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text.trim() && !isBusy) say.mutate();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        resolve.mutate();
      }}
    >
      <div className="mx-auto flex max-w-3xl flex-col gap-3">
        {!learns && <Drafts drafts={handoff.drafts ?? []} onUse={begin} />}
        <textarea
          ref={field}
          id={REPLY_FIELD}
          aria-label="Reply to the contact"
          placeholder="Write to the contact"
          rows={3}
          maxLength={8_000}
          dir="auto"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            typedHere(handoff.handoff_id, queries);
          }}
          onKeyDown={onKeyDown}
          className={`${FIELD} resize-y`}
        />
        <div className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
          <Check label="Add to knowledge" isOn={learns} onChange={setLearns} />
          <Check label="Hand back to the assistant" isOn={goesBack} onChange={setGoesBack} />
        </div>
        {learns && (
          <EntryForm
            handoffId={handoff.handoff_id}
            question={question}
            answer={answer}
            mayLearn={mayLearn}
            onQuestion={setQuestion}
            onAnswer={setOwnAnswer}
          />
        )}
        <Trouble error={say.error ?? resolve.error} />
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" type="submit" disabled={isBusy || lacksEntry}>
            {text.trim() ? "Send and resolve" : "Resolve"}
          </Button>
          <Button disabled={isBusy || !text.trim()} onClick={() => say.mutate()} title="Ctrl Enter">
            Send
          </Button>
          <CannedPicker onChoose={(words) => begin(text.trim() ? `${text.trim()}\n${words}` : words)} />
        </div>
      </div>
    </form>
  );
}

function Drafts({ drafts, onUse }: { drafts: string[]; onUse: (text: string) => void }) {
  if (!drafts.length) return null;
  return (
    <fieldset className="min-w-0">
      <legend className="pb-1 text-xs text-quiet">Drafts to begin with</legend>
      <div className="flex flex-wrap gap-2">
        {drafts.map((draft) => (
          <button
            type="button"
            key={draft}
            dir="auto"
            onClick={() => onUse(draft)}
            className="max-w-full truncate rounded-lg border border-line px-3 py-1 text-start text-sm hover:border-accent hover:text-accent"
          >
            {draft}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Check({
  label,
  isOn,
  onChange,
}: {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="flex items-center gap-2">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4"
      />
      {label}
    </label>
  );
}
