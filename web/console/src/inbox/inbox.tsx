/** Handoffs that wait, and those being answered; beside the list the chosen one. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Handoff } from "../api/shapes";
import { Ago, Empty, reasonInWords, Tag, Trouble } from "../parts/parts";
import { HandoffView } from "./handoff";

function useHandoffs(status: Handoff["status"]) {
  return useQuery({
    queryKey: ["handoffs", status],
    queryFn: () =>
      answered<Page<Handoff>>(api.GET("/v1/handoffs", { params: { query: { status, limit: 100 } } })),
  });
}

export function Inbox() {
  const { handoffId } = useParams();
  return (
    <main className="flex min-h-0 flex-1">
      <section
        aria-label="Handoffs"
        className={`w-full shrink-0 overflow-y-auto border-e bg-card md:w-80 ${handoffId ? "hidden md:block" : ""}`}
      >
        <h1 className="px-5 pt-5 pb-2 text-xl font-semibold tracking-tight">Inbox</h1>
        <Lane status="waiting" title="Waiting" chosen={handoffId} />
        <Lane status="active" title="Being answered" chosen={handoffId} />
        <Lane status="resolved" title="Resolved" chosen={handoffId} />
      </section>
      <div className={`min-w-0 flex-1 ${handoffId ? "flex" : "hidden md:block"}`}>
        {handoffId ? (
          <HandoffView handoffId={handoffId} key={handoffId} />
        ) : (
          <Empty title="Choose a handoff">
            When the assistant does not know an answer, the conversation waits here for a person, with
            everything that was tried.
          </Empty>
        )}
      </div>
    </main>
  );
}

function Lane({
  status,
  title,
  chosen,
}: {
  status: Handoff["status"];
  title: string;
  chosen: string | undefined;
}) {
  const found = useHandoffs(status);
  const handoffs = found.data?.data ?? [];
  const shown = status === "resolved" ? handoffs.slice(0, 20) : [...handoffs].sort(urgentThenOldest);
  if (status !== "waiting" && handoffs.length === 0) return null;
  return (
    <section aria-label={title} className="px-3 pb-4">
      <h2 className="px-2 py-2 text-xs font-medium text-quiet">
        {title}{" "}
        {found.data && status !== "resolved" && <span className="tabular-nums">{handoffs.length}</span>}
      </h2>
      <Trouble error={found.error} />
      {found.data && handoffs.length === 0 && status === "waiting" && (
        <p className="px-2 text-sm text-quiet">Nobody waits. All questions are answered.</p>
      )}
      <ul>
        {shown.map((one) => (
          <li key={one.handoff_id}>
            <Link
              to={`/inbox/${one.handoff_id}`}
              aria-current={one.handoff_id === chosen ? "true" : undefined}
              className="block rounded-lg px-2 py-2 hover:bg-raised aria-[current]:bg-soft"
            >
              <span className="line-clamp-2 text-sm font-medium" dir="auto">
                {one.open_intents[0]?.text || "A conversation"}
              </span>
              <span className="mt-1 flex items-center gap-2 text-xs text-quiet">
                {one.priority === "high" && <Tag tone="bad">urgent</Tag>}
                <span className="truncate">{reasonInWords(one.reason)}</span>
                <span className="flex-1" />
                <Ago at={one.created_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function urgentThenOldest(a: Handoff, b: Handoff): number {
  if (a.priority !== b.priority) return a.priority === "high" ? -1 : 1;
  return a.created_at < b.created_at ? -1 : 1;
}
