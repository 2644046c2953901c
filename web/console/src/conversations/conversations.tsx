/** Every conversation, and beside its transcript why each turn ended as it did. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { memo, useCallback, useEffect, useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Conversation } from "../api/shapes";
import { LongList } from "../parts/long_list";
import { Ago, Empty, inWords, Trouble } from "../parts/parts";
import { useSettled } from "../parts/settled";
import { ConversationView } from "./conversation";
import { aboutOf, State, titleOf } from "./row_words";

const STATUSES = ["", "open", "waiting_for_operator", "resolved"] as const;
type Status = (typeof STATUSES)[number];

export function Conversations() {
  const { conversationId } = useParams();
  return (
    <main className="flex min-h-0 flex-1">
      <List chosen={conversationId} />
      <div className={`min-h-0 min-w-0 flex-1 ${conversationId ? "flex" : "hidden lg:block"}`}>
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

const PAGE = 100;
const ROW_PX = 60;

/** All pages that were asked for, under what is new at their top. */
function useConversations(status: Status, q: string) {
  const ask = (cursor: string) =>
    answered<Page<Conversation>>(
      api.GET("/v1/conversations", {
        params: {
          query: {
            limit: PAGE,
            ...(status ? { status } : {}),
            ...(q ? { q } : {}),
            ...(cursor ? { cursor } : {}),
          },
        },
      }),
    );
  const newest = useQuery({ queryKey: ["conversations", status, q], queryFn: () => ask("") });
  // asked for once: what happens meanwhile comes with the newest page, not with all of them again
  const pages = useInfiniteQuery({
    queryKey: ["conversation pages", status, q],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    initialPageParam: "",
    queryFn: ({ pageParam }) => ask(pageParam),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const all = useMemo(() => {
    const found = new Map<string, Conversation>();
    for (const page of [newest.data, ...(pages.data?.pages ?? [])]) {
      for (const one of page?.data ?? []) {
        if (!found.has(one.conversation_id)) found.set(one.conversation_id, one);
      }
    }
    return [...found.values()].sort((a, b) => (a.conversation_id > b.conversation_id ? -1 : 1));
  }, [newest.data, pages.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { all, more, error: newest.error ?? pages.error, isThere: Boolean(newest.data && pages.data) };
}

function List({ chosen }: { chosen: string | undefined }) {
  const [asked, ask] = useSearchParams();
  const [typed, type] = useState(asked.get("q") ?? "");
  const status = STATUSES.find((one) => one === asked.get("status")) ?? "";
  const q = useSettled(typed.trim());
  const put = useCallback(
    (name: string, value: string) =>
      ask(
        (before) => {
          if (value) before.set(name, value);
          else before.delete(name);
          return before;
        },
        { replace: true },
      ),
    [ask],
  );
  const kept = asked.get("q") ?? "";
  useEffect(() => {
    if (q !== kept) put("q", q);
  }, [q, kept, put]);
  const names = useAssistantNames();
  const search = asked.toString();
  const { all, more, error, isThere } = useConversations(status, q);
  return (
    <section
      aria-label="Conversations"
      className={`flex w-full shrink-0 flex-col border-e bg-card lg:w-80 ${chosen ? "max-lg:hidden" : ""}`}
    >
      <h1 className="px-5 pt-5 pb-2 text-xl font-semibold tracking-tight">Conversations</h1>
      <select
        aria-label="Status"
        value={status}
        onChange={(event) => put("status", event.target.value)}
        className="mx-5 mb-2 min-h-9 rounded-lg border border-line bg-card px-2 text-sm"
      >
        {STATUSES.map((one) => (
          <option key={one} value={one}>
            {one ? inWords(one) : "All"}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label="Words that were said"
        placeholder="Search what was said"
        maxLength={200}
        value={typed}
        onChange={(event) => type(event.target.value)}
        className="mx-5 mb-2 min-h-9 rounded-lg border border-line bg-card px-2 text-sm"
      />
      <Trouble error={error} />
      {isThere && all.length === 0 && (
        <Empty title={q ? "Nobody said so" : "Nothing here yet"}>
          {q
            ? "Whole words are looked for, all of them, in any of their forms."
            : "Conversations appear as soon as somebody writes to an assistant."}
        </Empty>
      )}
      <LongList
        key={`${status} ${q}`}
        label="Conversations"
        items={all}
        keyOf={(one) => one.conversation_id}
        rowPx={ROW_PX}
        onNearEnd={more}
      >
        {(one) => (
          <Row
            conversation={one}
            assistant={names.get(one.assistant_id) ?? ""}
            isChosen={one.conversation_id === chosen}
            search={search}
          />
        )}
      </LongList>
    </section>
  );
}

/** Names of the assistants, where there are several to tell apart. */
function useAssistantNames(): Map<string, string> {
  const found = useQuery({
    queryKey: ["assistants"],
    queryFn: () =>
      answered<Page<{ assistant_id: string; name: string }>>(
        api.GET("/v1/assistants", { params: { query: { limit: 100 } } }),
      ),
  });
  return useMemo(() => {
    const all = found.data?.data ?? [];
    return new Map(all.length > 1 ? all.map((one) => [one.assistant_id, one.name]) : []);
  }, [found.data]);
}

interface RowGiven {
  conversation: Conversation;
  assistant: string;
  isChosen: boolean;
  search: string;
}

const Row = memo(({ conversation: one, assistant, isChosen, search }: RowGiven) => (
  <Link
    to={{ pathname: `/conversations/${one.conversation_id}`, search }}
    aria-current={isChosen ? "true" : undefined}
    className="flex h-full flex-col justify-center gap-1 rounded-lg px-2 hover:bg-raised aria-[current]:bg-soft"
  >
    <span className="flex items-baseline gap-2">
      <span className="min-w-0 flex-1 truncate text-sm font-medium" dir="auto">
        {titleOf(one)}
      </span>
      <span className="text-xs text-quiet">
        <Ago at={one.last_active_at} />
      </span>
    </span>
    <span className="flex items-center gap-2 text-xs text-quiet">
      <span className="min-w-0 flex-1 truncate">{aboutOf(one, assistant)}</span>
      <State conversation={one} />
    </span>
  </Link>
));
