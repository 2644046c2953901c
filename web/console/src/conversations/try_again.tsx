/** A turn once more: with other words or today's settings beside the answer of then, or replayed step by step. */

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { answered, api } from "../api/client";
import type { Conversation, Utterance } from "../api/shapes";
import { Button, FIELD, Share, Tag, Trouble } from "../parts/parts";
import { useMessages } from "../parts/transcript";
import { useMe } from "../shell";

interface Answer {
  message: { text: string } | null;
  confidence: number | null;
  forkId: string | null;
}

interface Replayed {
  same: boolean;
  differences?: { node: string }[];
}

export function TryAgain({ conversationId, turnId }: { conversationId: string; turnId: string }) {
  const said = useMessages(conversationId).data?.data ?? [];
  const role = useMe().data?.role;
  const first = said.findIndex((one) => one.turn_id === turnId);
  if (first < 0 || (role !== "owner" && role !== "admin")) return null;
  const question = words(said, turnId, "contact");
  return (
    <Form
      key={turnId}
      conversationId={conversationId}
      turnId={turnId}
      earlier={said.slice(0, first).findLast((one) => one.turn_id)?.turn_id ?? null}
      question={question}
      then={{
        text: words(said, turnId, "assistant"),
        confidence: said.find((one) => one.turn_id === turnId && one.author === "assistant")?.confidence,
      }}
    />
  );
}

function words(said: Utterance[], turnId: string, author: string): string {
  return said
    .filter((one) => one.turn_id === turnId && one.author === author)
    .map((one) => one.text)
    .join("\n");
}

interface Given {
  conversationId: string;
  turnId: string;
  earlier: string | null;
  question: string;
  then: { text: string; confidence: number | null | undefined };
}

function Form({ conversationId, turnId, earlier, question, then }: Given) {
  const [text, setText] = useState(question);
  const path = { conversation_id: conversationId };
  const ask = useMutation({
    mutationFn: (asked: string) =>
      earlier ? inFork(conversationId, earlier, asked) : alone(conversationId, asked),
  });
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
    ask.mutate(text.trim());
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
        <p className="text-xs text-quiet text-pretty">
          The assistant's settings of today answer, in a fork that the contact never sees.
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
        <div className="grid gap-3 sm:grid-cols-2">
          <Side title="Then" text={then.text} confidence={then.confidence} />
          <Side title="Now" text={ask.data.message?.text ?? ""} confidence={ask.data.confidence} />
        </div>
      )}
      {ask.data?.forkId && (
        <Link to={`/conversations/${ask.data.forkId}`} className="text-accent underline underline-offset-2">
          Open the fork
        </Link>
      )}
    </section>
  );
}

function Side({
  title,
  text,
  confidence,
}: {
  title: string;
  text: string;
  confidence: number | null | undefined;
}) {
  return (
    <section aria-label={title} className="rounded-lg bg-raised p-3">
      <h4 className="text-xs text-quiet">{title}</h4>
      <p dir="auto" className="mt-1 whitespace-pre-line [overflow-wrap:anywhere]">
        {text || "A person is asked."}
      </p>
      {typeof confidence === "number" && <Share label="Confidence" value={confidence} />}
    </section>
  );
}

/** Forked behind the turn before it, so that everything said until then is known. */
async function inFork(conversationId: string, earlier: string, text: string): Promise<Answer> {
  const fork = await answered<Conversation>(
    api.POST("/v1/conversations/{conversation_id}/fork", {
      params: { path: { conversation_id: conversationId } },
      body: { turn_id: earlier },
    }),
  );
  const turn = await answered<Answer>(
    api.POST("/v1/conversations/{conversation_id}/messages", {
      params: { path: { conversation_id: fork.conversation_id } },
      body: { text },
    }),
  );
  return { ...turn, forkId: fork.conversation_id };
}

/** A first turn has nothing before it: the question alone is answered, without a conversation. */
async function alone(conversationId: string, text: string): Promise<Answer> {
  const { assistant_id } = await answered<{ assistant_id: string }>(
    api.GET("/v1/conversations/{conversation_id}", {
      params: { path: { conversation_id: conversationId } },
    }),
  );
  const answer = await answered<Answer>(
    api.POST("/v1/assistants/{assistant_id}/answer", {
      params: { path: { assistant_id } },
      body: { text, history: [] },
    }),
  );
  return { ...answer, forkId: null };
}
