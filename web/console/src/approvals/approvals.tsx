/** What assistants would like to do and a person decides: the exact call, why it is asked, what came of it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { answered, api, type Page } from "../api/client";
import { Section, Text } from "../parts/fields";
import { Ago, Button, Empty, FIELD, inWords, Tag, Trouble } from "../parts/parts";
import { useMe } from "../shell";

interface Approval {
  approval_id: string;
  conversation_id: string;
  status: string;
  title: string;
  what: string;
  arguments: { [name: string]: unknown };
  amount: string | null;
  currency: string | null;
  reason: string | null;
  asked: string;
  note: string | null;
  created_at: string;
}

export function Approvals() {
  const waiting = useQuery({
    queryKey: ["approvals", "waiting"],
    queryFn: () =>
      answered<Page<Approval>>(
        api.GET("/v1/approvals", { params: { query: { status: "waiting_for_approval", limit: 100 } } }),
      ),
  });
  const all = useQuery({
    queryKey: ["approvals", "all"],
    queryFn: () => answered<Page<Approval>>(api.GET("/v1/approvals", { params: { query: { limit: 50 } } })),
  });
  const open = ["waiting_for_approval", "unknown_outcome"];
  const decided = all.data?.data.filter((one) => !open.includes(one.status)) ?? [];
  const unknown = all.data?.data.filter((one) => one.status === "unknown_outcome") ?? [];
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-5xl flex-col gap-5 px-4 py-5 lg:px-8">
        <h1 className="text-xl font-semibold tracking-tight">Approvals</h1>
        <Trouble error={waiting.error ?? all.error} />
        {unknown.map((one) => (
          <Settle approval={one} key={one.approval_id} />
        ))}
        {waiting.data?.data.length === 0 && unknown.length === 0 && (
          <Empty title="Nothing waits">
            Before an assistant refunds or cancels beyond what you allow, it asks here. You see the exact
            call; nothing happens until you agree.
          </Empty>
        )}
        {waiting.data?.data.map((one) => (
          <Waiting approval={one} key={one.approval_id} />
        ))}
        {decided.length > 0 && (
          <Section title="Decided">
            <ul className="divide-y divide-line">
              {decided.map((one) => (
                <li key={one.approval_id} className="flex flex-wrap items-center gap-3 py-2 text-sm">
                  <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
                    {one.what || one.title}
                    {one.note && <span className="block text-xs text-quiet">{one.note}</span>}
                  </span>
                  <Tag tone={one.status === "done" ? "good" : "neutral"}>{inWords(one.status)}</Tag>
                  <Ago at={one.created_at} />
                </li>
              ))}
            </ul>
          </Section>
        )}
      </div>
    </main>
  );
}

function useFresh() {
  const queries = useQueryClient();
  return { onSettled: () => queries.invalidateQueries({ queryKey: ["approvals"] }) };
}

function Waiting({ approval }: { approval: Approval }) {
  const [note, setNote] = useState("");
  const [call, setCall] = useState<string | null>(null);
  const fresh = useFresh();
  const params = { path: { approval_id: approval.approval_id } };
  const approve = useMutation({
    mutationFn: () =>
      answered(
        api.POST("/v1/approvals/{approval_id}/approve", {
          params,
          body: { note, ...(call === null ? {} : { arguments: JSON.parse(call) }) },
        }),
      ),
    ...fresh,
  });
  const deny = useMutation({
    mutationFn: () => answered(api.POST("/v1/approvals/{approval_id}/deny", { params, body: { note } })),
    ...fresh,
  });
  const mayDecide = useMe().data?.role !== "viewer";
  return (
    <Section title={approval.what || approval.title}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-sm">
        {approval.amount && (
          <Fact name="Amount">
            {approval.amount} {approval.currency}
          </Fact>
        )}
        {approval.reason && <Fact name="Why you are asked">{inWords(approval.reason)}</Fact>}
        {approval.asked && <Fact name="The contact wrote">{approval.asked}</Fact>}
        <Fact name="Asked">
          <Ago at={approval.created_at} />
        </Fact>
      </dl>
      <Link
        to={`/conversations/${approval.conversation_id}`}
        className="self-start text-sm text-accent underline underline-offset-2"
      >
        Open the conversation
      </Link>
      <details className="text-sm">
        <summary className="text-quiet hover:text-ink">The exact call</summary>
        <textarea
          aria-label="The exact call"
          rows={6}
          disabled={!mayDecide}
          className={`${FIELD} mt-2 font-mono text-sm`}
          value={call ?? JSON.stringify(approval.arguments, null, 2)}
          onChange={(event) => setCall(event.target.value)}
        />
        {call !== null && !isObject(call) && <p className="text-bad">This is no JSON object.</p>}
      </details>
      {mayDecide && (
        <>
          <Text label="Note to the contact" max={1_000} value={note} onChange={setNote} />
          <div className="flex gap-2">
            <Button
              look="primary"
              disabled={approve.isPending || deny.isPending || (call !== null && !isObject(call))}
              onClick={() => approve.mutate()}
            >
              {call === null ? "Approve" : "Approve as changed"}
            </Button>
            <Button disabled={approve.isPending || deny.isPending} onClick={() => deny.mutate()}>
              Deny
            </Button>
          </div>
        </>
      )}
      <Trouble error={approve.error ?? deny.error} />
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd dir="auto" className="[overflow-wrap:anywhere]">
        {children}
      </dd>
    </>
  );
}

/** The service never answered: who has looked there says what became of it. */
function Settle({ approval }: { approval: Approval }) {
  const mayDecide = useMe().data?.role !== "viewer";
  const settle = useMutation({
    mutationFn: (outcome: "done" | "failed" | "repeat") =>
      answered(
        api.POST("/v1/approvals/{approval_id}/settle", {
          params: { path: { approval_id: approval.approval_id } },
          body: { outcome, note: "" },
        }),
      ),
    ...useFresh(),
  });
  return (
    <Section
      title={approval.what || approval.title}
      about="The service never answered, so nobody knows whether this was done. Look there, then say what you found."
    >
      <Link
        to={`/conversations/${approval.conversation_id}`}
        className="self-start text-sm text-accent underline underline-offset-2"
      >
        Open the conversation
      </Link>
      {mayDecide && (
        <div className="flex flex-wrap gap-2">
          <Button disabled={settle.isPending} onClick={() => settle.mutate("done")}>
            It was done
          </Button>
          <Button disabled={settle.isPending} onClick={() => settle.mutate("failed")}>
            It was not
          </Button>
          <Button look="quiet" disabled={settle.isPending} onClick={() => settle.mutate("repeat")}>
            Send it once more
          </Button>
        </div>
      )}
      <Trouble error={settle.error} />
    </Section>
  );
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
