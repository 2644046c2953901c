/** Handoffs that wait, and those being answered; beside the list the chosen one. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearchParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Handoff } from "../api/shapes";
import { Ago, Empty, reasonInWords, Tag, Trouble } from "../parts/parts";
import { useMe } from "../shell";
import { Clock, dueOf } from "./clock";
import { HandoffView } from "./handoff";
import { NotificationSwitch } from "./notifications";
import { useTeams } from "./people";

/** Everybody's, mine, nobody's, or a team's by its id. */
type Whose = "" | "mine" | "nobody" | `team:${string}`;
type Order = "urgent" | "due" | "newest";
const ORDERS: { [order in Order]: string } = {
  urgent: "Urgent first",
  due: "Due first",
  newest: "Newest first",
};

function queryOf(whose: Whose, myId: string | undefined) {
  if (whose === "mine") return myId ? { assignee_id: myId } : {};
  if (whose === "nobody") return { unassigned: true };
  return whose ? { team_id: whose.slice("team:".length) } : {};
}

function useHandoffs(status: Handoff["status"], whose: Whose) {
  const myId = useMe().data?.operator_id;
  return useQuery({
    queryKey: whose ? ["handoffs", status, whose] : ["handoffs", status],
    queryFn: () =>
      answered<Page<Handoff>>(
        api.GET("/v1/handoffs", { params: { query: { status, limit: 100, ...queryOf(whose, myId) } } }),
      ),
  });
}

export function Inbox() {
  const { handoffId } = useParams();
  const [asked, ask] = useSearchParams();
  const whose = (asked.get("whose") ?? "") as Whose;
  const order = (asked.get("order") ?? "urgent") as Order;
  const teams = useTeams().data ?? [];
  const put = (name: string, value: string) =>
    ask(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const lane = { chosen: handoffId, whose, order, search: asked.toString() };
  return (
    <main className="flex min-h-0 flex-1">
      <section
        aria-label="Handoffs"
        className={`w-full shrink-0 overflow-y-auto border-e bg-card lg:w-80 ${handoffId ? "hidden lg:block" : ""}`}
      >
        <h1 className="px-5 pt-5 pb-2 text-xl font-semibold tracking-tight">Inbox</h1>
        <div className="flex flex-wrap gap-2 px-5 pb-2">
          <select
            aria-label="Whose"
            value={whose}
            onChange={(event) => put("whose", event.target.value)}
            className="min-h-9 min-w-0 flex-1 rounded-lg border border-line bg-card px-2 text-sm"
          >
            <option value="">Everybody's</option>
            <option value="mine">Mine</option>
            <option value="nobody">Nobody's</option>
            {teams.map((one) => (
              <option key={one.team_id} value={`team:${one.team_id}`}>
                {one.name}
              </option>
            ))}
          </select>
          <select
            aria-label="Order"
            value={order}
            onChange={(event) => put("order", event.target.value)}
            className="min-h-9 min-w-0 flex-1 rounded-lg border border-line bg-card px-2 text-sm"
          >
            {Object.entries(ORDERS).map(([key, words]) => (
              <option key={key} value={key}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <Lane status="waiting" title="Waiting" {...lane} />
        <Lane status="active" title="Being answered" {...lane} />
        <Lane status="resolved" title="Resolved" {...lane} />
        <div className="px-3 pb-4">
          <NotificationSwitch />
        </div>
      </section>
      <div className={`min-w-0 flex-1 ${handoffId ? "flex" : "hidden lg:block"}`}>
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
  whose,
  order,
  search,
}: {
  status: Handoff["status"];
  title: string;
  chosen: string | undefined;
  whose: Whose;
  order: Order;
  search: string;
}) {
  const found = useHandoffs(status, whose);
  const handoffs = found.data?.data ?? [];
  const shown = status === "resolved" ? handoffs.slice(0, 20) : sorted(handoffs, order);
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
              to={{ pathname: `/inbox/${one.handoff_id}`, search }}
              aria-current={one.handoff_id === chosen ? "true" : undefined}
              className="block rounded-lg px-2 py-2 hover:bg-raised aria-[current]:bg-soft"
            >
              <span className="line-clamp-2 text-sm font-medium" dir="auto">
                {one.open_intents[0]?.text || "A conversation"}
              </span>
              <span className="mt-1 flex items-center gap-2 text-xs text-quiet">
                {one.priority === "high" && <Tag tone="bad">urgent</Tag>}
                <Clock handoff={one} />
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

function sorted(handoffs: Handoff[], order: Order): Handoff[] {
  if (order === "newest") return handoffs;
  if (order === "urgent") return [...handoffs].sort(urgentThenOldest);
  const now = new Date();
  const due = (one: Handoff) => dueOf(one, now)?.at.getTime() ?? Number.POSITIVE_INFINITY;
  return [...handoffs].sort((a, b) => (due(a) === due(b) ? urgentThenOldest(a, b) : due(a) - due(b)));
}

function urgentThenOldest(a: Handoff, b: Handoff): number {
  if (a.priority !== b.priority) return a.priority === "high" ? -1 : 1;
  return a.created_at < b.created_at ? -1 : 1;
}
