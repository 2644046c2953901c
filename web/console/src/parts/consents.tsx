/** What a contact has agreed to or withdrawn, and when; what holds where they decided nothing. */

import { useQuery } from "@tanstack/react-query";
import { answered, api, type Page } from "../api/client";
import { type Asking, useAssistant } from "../assistants/settings";
import { Ago, channelInWords, Tag, Trouble } from "./parts";

interface Decision {
  consent_id: string;
  purpose: string;
  granted: boolean;
  channel: string;
  actor: { kind: string };
  decided_at: string;
}

const PURPOSES = {
  remember: "Remembering what they tell",
  learn: "Learning from their questions",
} as const;

const UNDECIDED: { [asking in Asking]: string } = {
  assumed: "not asked; assumed",
  asked: "not given",
};

export function Consents({ contactId, assistantId }: { contactId: string; assistantId: string }) {
  const found = useQuery({
    queryKey: ["consents", contactId],
    queryFn: () =>
      answered<Page<Decision>>(
        api.GET("/v1/contacts/{contact_id}/consents", {
          params: { path: { contact_id: contactId }, query: { limit: 50 } },
        }),
      ),
  });
  const asking = useAssistant(assistantId).data?.consent;
  const decisions = found.data?.data ?? [];
  if (!found.data) return <Trouble error={found.error} />;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <dl className="flex flex-col gap-2">
        {(Object.keys(PURPOSES) as (keyof typeof PURPOSES)[]).map((purpose) => {
          const last = decisions.find((one) => one.purpose === purpose);
          return (
            <div key={purpose} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <dt className="min-w-0 flex-1">{PURPOSES[purpose]}</dt>
              <dd className="flex items-baseline gap-2 text-xs text-quiet">
                {last ? (
                  <>
                    <Tag tone={last.granted ? "good" : "bad"}>{last.granted ? "given" : "withdrawn"}</Tag>
                    <Ago at={last.decided_at} />
                  </>
                ) : (
                  asking && <Tag>{UNDECIDED[asking[purpose]]}</Tag>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {decisions.length > 0 && (
        <details>
          <summary className="w-fit text-xs text-quiet hover:text-ink">Every decision</summary>
          <ol aria-label="Every decision" className="mt-2 flex flex-col gap-1 text-xs text-quiet">
            {decisions.map((one) => (
              <li key={one.consent_id}>
                {new Date(one.decided_at).toLocaleString()}:{" "}
                {PURPOSES[one.purpose as keyof typeof PURPOSES] ?? one.purpose},{" "}
                {one.granted ? "given" : "withdrawn"} ({channelInWords(one.channel)},{" "}
                {one.actor.kind === "contact" ? "by the contact" : "recorded for them"})
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}
