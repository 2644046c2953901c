/** A turn once more: with other words or other settings beside the answer of then, or replayed step by step. */

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { answered, api } from "../api/client";
import type { Conversation, Explanation, Utterance } from "../api/shapes";
import { changed } from "../assistants/changed";
import { type Assistant, useAssistant } from "../assistants/settings";
import { Button, FIELD, Tag, Trouble } from "../parts/parts";
import { useMessages } from "../parts/transcript";
import { useMe } from "../shell";
import { Compared } from "./compared";
import { type Side, sideOf } from "./differing";
import { OtherSettings, triedIn } from "./other_settings";

interface Tried {
  forkId: string;
  side: Side;
  tried: string[];
}

interface Replayed {
  same: boolean;
  differences?: { node: string }[];
}

interface Given {
  conversationId: string;
  assistantId: string;
  turnId: string;
  then: Explanation;
}

export function TryAgain(given: Given) {
  const said = useMessages(given.conversationId).data ?? [];
  const role = useMe().data?.role;
  const isThere = said.some((one) => one.turn_id === given.turnId);
  if (!isThere || (role !== "owner" && role !== "admin")) return null;
  return <Form key={given.turnId} {...given} question={asked(said, given.turnId)} />;
}

function asked(said: Utterance[], turnId: string): string {
  return said
    .filter((one) => one.turn_id === turnId && one.author === "contact")
    .map((one) => one.text)
    .join("\n");
}

function Form({ conversationId, assistantId, turnId, then, question }: Given & { question: string }) {
  const [text, setText] = useState(question);
  const [changes, setChanges] = useState<Partial<Assistant>>({});
  const [isOpen, open] = useState(false);
  const path = { conversation_id: conversationId };
  const ask = useMutation({ mutationFn: () => inFork(conversationId, turnId, text.trim(), changes) });
  const replay = useMutation({
    mutationFn: () =>
      answered<Replayed>(
        api.POST("/v1/conversations/{conversation_id}/replay", {
          params: { path },
          body: { turn_id: turnId },
        }),
      ),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <section aria-label="Try it again" className="mt-5 flex flex-col gap-3 border-t pt-4">
      <h3 className="font-semibold">Try it again</h3>
      <form onSubmit={submit} className="flex flex-col gap-2">
        <textarea
          aria-label="Other words"
          rows={2}
          dir="auto"
          maxLength={8_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={FIELD}
        />
        <details onToggle={(event) => open(event.currentTarget.open)}>
          <summary className="w-fit text-quiet hover:text-ink">Other settings</summary>
          <div className="mt-2">
            {isOpen && <Settings assistantId={assistantId} changes={changes} onChange={setChanges} />}
          </div>
        </details>
        <p className="text-xs text-quiet text-pretty">
          It is answered in a fork that the contact never sees; the assistant's own settings stay as they are.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button look="primary" type="submit" disabled={!text.trim() || ask.isPending}>
            {ask.isPending ? "Answering …" : "Answer anew"}
          </Button>
          <Button disabled={replay.isPending} onClick={() => replay.mutate()}>
            Replay the steps
          </Button>
        </div>
      </form>
      <Trouble error={ask.error ?? replay.error} />
      {replay.data && (
        <p role="status" className="text-sm">
          {replay.data.same ? (
            <Tag tone="good">Every step came to the same</Tag>
          ) : (
            <Tag tone="warn">
              Different now: {(replay.data.differences ?? []).map((one) => one.node).join(", ")}
            </Tag>
          )}
        </p>
      )}
      {ask.data && (
        <>
          <Compared then={sideOf(then)} now={ask.data.side} tried={ask.data.tried} />
          <Link to={`/conversations/${ask.data.forkId}`} className="text-accent underline underline-offset-2">
            Open the fork
          </Link>
        </>
      )}
    </section>
  );
}

function Settings({
  assistantId,
  changes,
  onChange,
}: {
  assistantId: string;
  changes: Partial<Assistant>;
  onChange: (changes: Partial<Assistant>) => void;
}) {
  const found = useAssistant(assistantId);
  const saved = found.data;
  if (!saved) return <Trouble error={found.error} />;
  const draft = {
    is: { ...saved, ...changes },
    set: (more: Partial<Assistant>) => onChange(changed(saved, { ...changes, ...more })),
  };
  return <OtherSettings saved={saved} draft={draft} />;
}

/** Forked where the turn began, asked there, and explained as the turn itself is. */
async function inFork(
  conversationId: string,
  turnId: string,
  text: string,
  changes: Partial<Assistant>,
): Promise<Tried> {
  const tried = triedIn(changes);
  const fork = await answered<Conversation>(
    api.POST("/v1/conversations/{conversation_id}/fork", {
      params: { path: { conversation_id: conversationId } },
      body: { turn_id: turnId, before: true, ...(tried.length ? { settings: changes } : {}) } as never,
    }),
  );
  const turn = await answered<{ turn_id: string }>(
    api.POST("/v1/conversations/{conversation_id}/messages", {
      params: { path: { conversation_id: fork.conversation_id } },
      body: { text },
    }),
  );
  const told = await answered<Explanation>(
    api.GET("/v1/turns/{turn_id}/explanation", { params: { path: { turn_id: turn.turn_id } } }),
  );
  return { forkId: fork.conversation_id, side: sideOf(told), tried };
}
