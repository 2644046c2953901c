/** Every conversation, and beside its transcript why each turn ended as it did. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Conversation } from "../api/shapes";
import { Ago, Button, Empty, inWords, Tag, Trouble } from "../parts/parts";
import { Transcript } from "../parts/transcript";
import { TurnView } from "./turn";

const STATUSES = ["", "open", "waiting_for_operator", "resolved"] as const;
type Status = (typeof STATUSES)[number];

export function Conversations() {
  const { conversationId } = useParams();
  return (
    <main className="flex min-h-0 flex-1">
      <List chosen={conversationId} />
      <div className={`min-h-0 min-w-0 flex-1 ${conversationId ? "flex" : "hidden md:block"}`}>
        {conversationId ? (
          <ConversationView conversationId={conversationId} key={conversationId} />
        ) : (
          <Empty title="Choose a conversation">
            Read what was said, and step through what the assistant did before each answer.
          </Empty>
        )}
      </div>
    </main>
  );
}

function List({ chosen }: { chosen: string | undefined }) {
  const [status, setStatus] = useState<Status>("");
  const found = useInfiniteQuery({
    queryKey: ["conversations", status],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answered<Page<Conversation>>(
        api.GET("/v1/conversations", {
          params: {
            query: { limit: 50, ...(status ? { status } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const all = found.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <section
      aria-label="Conversations"
      className={`w-full shrink-0 overflow-y-auto border-e bg-card px-3 pb-4 md:w-80 ${chosen ? "hidden md:block" : ""}`}
    >
      <h1 className="px-2 pt-5 pb-2 text-xl font-semibold tracking-tight">Conversations</h1>
      <select
        aria-label="Status"
        value={status}
        onChange={(event) => setStatus(event.target.value as Status)}
        className="mx-2 mb-2 min-h-9 rounded-lg border border-line bg-card px-2 text-sm"
      >
        {STATUSES.map((one) => (
          <option key={one} value={one}>
            {one ? inWords(one) : "All"}
          </option>
        ))}
      </select>
      <Trouble error={found.error} />
      {found.data && all.length === 0 && (
        <Empty title="Nothing here yet">
          Conversations appear as soon as somebody writes to an assistant.
        </Empty>
      )}
      <ul>
        {all.map((one) => (
          <li key={one.conversation_id}>
            <Link
              to={`/conversations/${one.conversation_id}`}
              aria-current={one.conversation_id === chosen ? "true" : undefined}
              className="flex items-center gap-2 rounded-lg px-2 py-2 text-sm hover:bg-raised aria-[current]:bg-soft"
            >
              <span className="min-w-0 flex-1 truncate">
                {inWords(one.channel)} {one.language && <span className="text-quiet">{one.language}</span>}
              </span>
              <Tag
                tone={
                  one.status === "waiting_for_operator" ? "warn" : one.status === "open" ? "good" : "neutral"
                }
              >
                {one.status === "waiting_for_operator"
                  ? "waiting"
                  : one.outcome
                    ? inWords(one.outcome)
                    : one.status}
              </Tag>
              <span className="w-12 text-end text-xs text-quiet">
                <Ago at={one.last_active_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          className="mx-2 mt-2"
          disabled={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </section>
  );
}

function ConversationView({ conversationId }: { conversationId: string }) {
  const [turn, setTurn] = useState<string | null>(null);
  return (
    <div className="flex min-h-0 w-full">
      <h1 className="sr-only md:hidden">Conversation</h1>
      <div className={`flex min-h-0 min-w-0 flex-1 flex-col ${turn ? "max-lg:hidden" : ""}`}>
        <p className="border-b bg-card px-4 py-3 text-sm text-quiet md:hidden">
          <Link to="/conversations">← Conversations</Link>
        </p>
        <Transcript conversationId={conversationId} chosenTurn={turn} onTurn={setTurn} />
      </div>
      {turn && <TurnView conversationId={conversationId} turnId={turn} onClose={() => setTurn(null)} />}
    </div>
  );
}
