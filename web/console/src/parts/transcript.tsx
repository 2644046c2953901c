/** What was said, as both sides saw it. */

import { useQuery } from "@tanstack/react-query";
import { Fragment, useEffect, useRef } from "react";
import { richText, type Span } from "../../../shared/rich_text";
import { answered, api, type Page } from "../api/client";
import { useConversationLive } from "../api/live";
import type { Conversation, Utterance } from "../api/shapes";
import { Share, Tag, Trouble } from "./parts";
import { whenSaid } from "./when_said";

const NAMES = { contact: "Contact", assistant: "Assistant", operator: "Colleague", note: "Note" };
const LOOKS = {
  contact: "self-start bg-raised rounded-bl-md",
  assistant: "self-end bg-soft rounded-br-md",
  operator: "self-end bg-accent text-on-accent rounded-br-md",
  note: "self-end bg-warn-soft rounded-br-md",
};

export function useConversation(conversationId: string) {
  return useQuery({
    queryKey: ["conversation", conversationId],
    queryFn: () =>
      answered<Conversation>(
        api.GET("/v1/conversations/{conversation_id}", {
          params: { path: { conversation_id: conversationId } },
        }),
      ),
  });
}

export function useMessages(conversationId: string) {
  return useQuery({
    queryKey: ["messages", conversationId],
    queryFn: () => everythingSaid(conversationId),
  });
}

/** Every message: pages come oldest first, and what was said last matters most. */
async function everythingSaid(conversationId: string): Promise<Utterance[]> {
  const path = { conversation_id: conversationId };
  const said: Utterance[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor ? { cursor } : {}) };
    const page: Page<Utterance> = await answered(
      api.GET("/v1/conversations/{conversation_id}/messages", { params: { path, query } }),
    );
    said.push(...page.data);
    cursor = page.next_cursor;
  }
  return said;
}

interface Note {
  note_id: string;
  author: { name: string };
  text: string;
  created_at: string;
}

const NOTES_MS = 10_000;

/** What colleagues noted, as lines among the others. */
function useNotes(conversationId: string): Utterance[] {
  const found = useQuery({
    queryKey: ["notes", conversationId],
    refetchInterval: NOTES_MS,
    queryFn: () =>
      answered<Page<Note>>(
        api.GET("/v1/conversations/{conversation_id}/notes", {
          params: { path: { conversation_id: conversationId } },
        }),
      ),
  });
  return (found.data?.data ?? []).map((note) => ({
    message_id: note.note_id,
    author: "note",
    operator_name: `${note.author.name}, for colleagues`,
    text: note.text,
    content: [],
    created_at: note.created_at,
  }));
}

interface Opinion {
  message_id: string | null;
  helpful: boolean | null;
  score: number | null;
  reason: string | null;
}

/** What the contact thinks of the answers and of the whole. */
function useOpinions(conversationId: string): Opinion[] {
  const found = useQuery({
    queryKey: ["feedback", conversationId],
    refetchInterval: NOTES_MS,
    queryFn: () =>
      answered<Page<Opinion>>(
        api.GET("/v1/conversations/{conversation_id}/feedback", {
          params: { path: { conversation_id: conversationId } },
        }),
      ),
  });
  return found.data?.data ?? [];
}

interface Given {
  conversationId: string;
  chosenTurn?: string | null;
  onTurn?: (turnId: string) => void;
}

export function Transcript({ conversationId, chosenTurn, onTurn }: Given) {
  const messages = useMessages(conversationId);
  const types = useConversationLive(conversationId);
  const notes = useNotes(conversationId);
  const opinions = useOpinions(conversationId);
  const whole = opinions.find((one) => one.message_id === null);
  const end = useRef<HTMLDivElement>(null);
  const lines = [...(messages.data ?? []), ...notes].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  const count = lines.length;
  useEffect(() => {
    if (count) end.current?.scrollIntoView({ block: "end" });
  }, [count]);
  return (
    <section aria-label="Conversation" className="flex-1 overflow-y-auto px-4 py-5 lg:px-6" tabIndex={0}>
      <Trouble error={messages.error} />
      <ol className="mx-auto flex max-w-3xl flex-col gap-4">
        {lines.map((said) => (
          <Line
            said={said}
            key={said.message_id}
            isChosen={said.turn_id === chosenTurn}
            onTurn={onTurn}
            opinion={opinions.find((one) => one.message_id === said.message_id)}
          />
        ))}
      </ol>
      {whole && (
        <p className="mx-auto mt-4 max-w-3xl text-sm text-quiet">
          The contact rated the conversation {whole.score} of 5
          {whole.reason && (
            <>
              : <bdi>{whole.reason}</bdi>
            </>
          )}
        </p>
      )}
      {types && <p className="mx-auto mt-4 max-w-3xl text-sm text-quiet">The contact is typing …</p>}
      <div ref={end} />
    </section>
  );
}

interface LineGiven {
  said: Utterance;
  isChosen: boolean;
  onTurn: Given["onTurn"];
  opinion: Opinion | undefined;
}

function Line({ said, isChosen, onTurn, opinion }: LineGiven) {
  const isAnswer = said.author === "assistant" && said.turn_id;
  const at = new Date(said.created_at);
  return (
    <li
      data-author={said.author}
      className={`flex flex-col gap-1 ${said.author === "contact" ? "items-start" : "items-end"}`}
    >
      <p className="px-1 text-xs text-quiet">
        {said.operator_name || NAMES[said.author]} ·{" "}
        <time dateTime={said.created_at} title={at.toLocaleString()}>
          {whenSaid(at, new Date())}
        </time>
      </p>
      <div
        dir="auto"
        className={`max-w-[85%] rounded-2xl px-4 py-2 [overflow-wrap:anywhere] ${LOOKS[said.author]}`}
      >
        {said.author === "assistant" ? (
          <Rich text={said.text} />
        ) : (
          <p className="whitespace-pre-wrap">{said.text}</p>
        )}
      </div>
      {opinion && (
        <p className="flex max-w-[85%] flex-wrap items-center justify-end gap-2 px-1 text-xs text-quiet">
          <Tag tone={opinion.helpful ? "good" : "bad"}>{opinion.helpful ? "Helpful" : "Not helpful"}</Tag>
          {opinion.reason && (
            <span dir="auto" className="[overflow-wrap:anywhere]">
              {opinion.reason}
            </span>
          )}
        </p>
      )}
      {isAnswer && (
        <div className="flex flex-wrap items-center justify-end gap-3 px-1">
          {typeof said.confidence === "number" && <Share label="Confidence" value={said.confidence} />}
          {said.citations && said.citations.length > 0 && (
            <span className="text-xs text-quiet">{said.citations.map((c) => c.title).join(" · ")}</span>
          )}
          {onTurn && (
            <button
              type="button"
              aria-pressed={isChosen}
              className="text-xs text-accent underline underline-offset-2"
              onClick={() => onTurn(said.turn_id as string)}
            >
              Why?
            </button>
          )}
        </div>
      )}
    </li>
  );
}

function Rich({ text }: { text: string }) {
  return richText(text).map((part, at) => {
    if (part.kind === "paragraph") {
      return (
        <p key={at} className="not-first:mt-2">
          {part.lines.map((line, row) => (
            <Fragment key={row}>
              {row > 0 && <br />}
              {line.map(drawn)}
            </Fragment>
          ))}
        </p>
      );
    }
    const Kind = part.ordered ? "ol" : "ul";
    return (
      <Kind key={at} className={`ps-5 not-first:mt-2 ${part.ordered ? "list-decimal" : "list-disc"}`}>
        {part.items.map((item, row) => (
          <li key={row}>{item.map(drawn)}</li>
        ))}
      </Kind>
    );
  });
}

function drawn(span: Span, at: number) {
  if (span.kind === "bold") return <strong key={at}>{span.text}</strong>;
  if (span.kind === "code") return <code key={at}>{span.text}</code>;
  if (span.kind === "text") return <Fragment key={at}>{span.text}</Fragment>;
  return (
    <a key={at} href={span.href} target="_blank" rel="noopener noreferrer nofollow ugc" className="underline">
      {span.text}
    </a>
  );
}
