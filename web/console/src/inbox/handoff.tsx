/** One handoff: the conversation, the reply, and what the assistant thought beside them. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { Link } from "react-router";
import { answered, api } from "../api/client";
import type { Handoff } from "../api/shapes";
import { Button, reasonInWords, Tag, Trouble } from "../parts/parts";
import { Transcript } from "../parts/transcript";
import { useMe } from "../shell";
import { Assignment } from "./assignment";
import { Clock } from "./clock";
import { Company } from "./company";
import { Evidence } from "./evidence";
import { REPLY_FIELD, Reply } from "./reply";

const TAB =
  "flex-1 border-b-2 border-transparent py-2 text-sm text-quiet data-[state=active]:border-accent data-[state=active]:text-ink";

export function HandoffView({ handoffId }: { handoffId: string }) {
  const path = { handoff_id: handoffId };
  const found = useQuery({
    queryKey: ["handoff", handoffId],
    queryFn: () => answered<Handoff>(api.GET("/v1/handoffs/{handoff_id}", { params: { path } })),
  });
  const me = useMe().data;
  const handoff = found.data;
  if (!handoff) return <div className="p-6">{found.error ? <Trouble error={found.error} /> : null}</div>;
  return (
    <Tabs.Root defaultValue="conversation" className="flex min-h-0 w-full flex-col xl:flex-row">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col max-xl:has-[[data-talk][data-state=inactive]]:flex-none">
        <h1 className="sr-only lg:hidden">Handoff</h1>
        <Header handoff={handoff} />
        {me?.role !== "viewer" && handoff.status !== "resolved" && <Company handoffId={handoffId} />}
        <Tabs.List className="flex border-b px-4 xl:hidden" aria-label="Handoff">
          <Tabs.Trigger value="conversation" className={TAB}>
            Conversation
          </Tabs.Trigger>
          <Tabs.Trigger value="background" className={TAB}>
            Background
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content
          data-talk
          value="conversation"
          forceMount
          tabIndex={-1}
          className="flex min-h-0 flex-1 flex-col outline-none max-xl:data-[state=inactive]:hidden"
        >
          <Transcript conversationId={handoff.conversation_id} />
          <Reply handoff={handoff} />
        </Tabs.Content>
      </div>
      <Tabs.Content
        value="background"
        forceMount
        tabIndex={-1}
        className="min-h-0 flex-1 overflow-y-auto border-s bg-card outline-none max-xl:data-[state=inactive]:hidden xl:w-96 xl:flex-none"
      >
        <Evidence handoff={handoff} />
      </Tabs.Content>
    </Tabs.Root>
  );
}

function Header({ handoff }: { handoff: Handoff }) {
  const queries = useQueryClient();
  const me = useMe().data;
  const claim = useMutation({
    mutationFn: () =>
      answered<Handoff>(
        api.POST("/v1/handoffs/{handoff_id}/claim", { params: { path: { handoff_id: handoff.handoff_id } } }),
      ),
    onSuccess: () => document.getElementById(REPLY_FIELD)?.focus(), // the button goes
    onSettled: () => queries.invalidateQueries({ queryKey: ["handoff"] }),
  });
  const isMine = handoff.claimed_by?.id === me?.operator_id;
  return (
    <header className="border-b bg-card px-4 py-3 lg:px-6">
      <div className="flex items-start gap-3">
        <Link to="/inbox" aria-label="Back to the inbox" className="pt-1 text-quiet lg:hidden">
          ←
        </Link>
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-lg font-semibold" dir="auto">
            {handoff.open_intents[0]?.text || "A conversation"}
          </h2>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-quiet">
            <Tag
              tone={handoff.status === "waiting" ? "warn" : handoff.status === "active" ? "good" : "neutral"}
            >
              {handoff.status === "active" ? (isMine ? "yours" : "taken") : handoff.status}
            </Tag>
            {handoff.priority === "high" && <Tag tone="bad">urgent</Tag>}
            <Clock handoff={handoff} />
            {reasonInWords(handoff.reason)}
          </p>
          {handoff.status !== "resolved" && me?.role !== "viewer" && <Assignment handoff={handoff} />}
        </div>
        {handoff.status === "waiting" && me?.role !== "viewer" && (
          <Button look="primary" disabled={claim.isPending} onClick={() => claim.mutate()}>
            Claim
          </Button>
        )}
      </div>
      {claim.error && (
        <div className="mt-2">
          <Trouble error={claim.error} />
        </div>
      )}
    </header>
  );
}
