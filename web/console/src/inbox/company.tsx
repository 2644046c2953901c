/** Who else looks at a handoff, and a warning before two answer at once. */

import { type QueryClient, useQuery } from "@tanstack/react-query";
import { answered, api, type Page } from "../api/client";

const LOOK_MS = 4_000;
const TYPING_MS = 6_000;
const lastTyped = new Map<string, number>(); // by handoff; read at every look, drawn by nobody

interface Watcher {
  operator_id: string;
  name: string;
  is_typing: boolean;
}

/** Somebody writes a reply here: colleagues and the contact are told, at once where it begins. */
export function typedHere(handoffId: string, queries: QueryClient): void {
  const begins = !isTyping(handoffId);
  lastTyped.set(handoffId, Date.now());
  if (begins) void queries.invalidateQueries({ queryKey: ["watching", handoffId] });
}

/** It is sent: nobody writes any more. */
export function sentHere(handoffId: string): void {
  lastTyped.delete(handoffId);
}

function isTyping(handoffId: string): boolean {
  return Date.now() - (lastTyped.get(handoffId) ?? 0) < TYPING_MS;
}

export function Company({ handoffId }: { handoffId: string }) {
  const found = useQuery({
    queryKey: ["watching", handoffId],
    refetchInterval: LOOK_MS,
    queryFn: () =>
      answered<Page<Watcher>>(
        api.PUT("/v1/handoffs/{handoff_id}/watching", {
          params: { path: { handoff_id: handoffId } },
          body: { is_typing: isTyping(handoffId) },
        }),
      ),
  });
  const others = found.data?.data ?? [];
  const writing = others.filter((one) => one.is_typing);
  if (!others.length) return null;
  return (
    <p
      role="status"
      className={`border-b px-4 py-1 text-sm lg:px-6 ${writing.length ? "bg-warn-soft text-warn" : "bg-card text-quiet"}`}
    >
      {writing.length
        ? `${names(writing)} ${writing.length > 1 ? "are" : "is"} writing an answer now`
        : `${names(others)} ${others.length > 1 ? "are" : "is"} looking, too`}
    </p>
  );
}

function names(people: Watcher[]): string {
  return people.map((one) => one.name).join(", ");
}
