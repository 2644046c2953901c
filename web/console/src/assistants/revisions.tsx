/** Every saving of the settings, what it changed, and going back to it. */

import { type UseMutationResult, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { Section } from "../parts/fields";
import { Ago, Button, inWords, Tag, Trouble } from "../parts/parts";
import type { Assistant } from "./settings";

interface Revision {
  revision: number;
  is_current: boolean;
  restored_from: number | null;
  created_at: string;
  actor: { kind: string; id: string };
}

interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

type Restore = UseMutationResult<Assistant, Error, number>;

export function Revisions({ assistantId, restore }: { assistantId: string; restore: Restore }) {
  const [opened, open] = useState<number | null>(null);
  const found = useQuery({
    queryKey: ["revisions", assistantId],
    queryFn: () =>
      answered<Page<Revision>>(
        api.GET("/v1/assistants/{assistant_id}/revisions", {
          params: { path: { assistant_id: assistantId }, query: { limit: 100 } },
        }),
      ),
  });
  return (
    <Section title="Revisions" about="Every turn keeps the revision that it ran under.">
      <Trouble error={found.error} />
      <ol className="divide-y divide-line">
        {found.data?.data.map((one) => (
          <li key={one.revision} className="py-2 text-sm">
            <div className="flex flex-wrap items-center gap-3">
              <span className="font-medium tabular-nums">Revision {one.revision}</span>
              {one.is_current && <Tag tone="good">in force</Tag>}
              <span className="flex-1 text-quiet">
                {one.restored_from ? `back to ${one.restored_from} · ` : ""}
                {inWords(one.actor.kind)} · <Ago at={one.created_at} />
              </span>
              {one.revision > 1 && (
                <Button
                  look="quiet"
                  aria-expanded={opened === one.revision}
                  onClick={() => open(opened === one.revision ? null : one.revision)}
                >
                  What changed
                </Button>
              )}
              {!one.is_current && (
                <Button
                  disabled={restore.isPending}
                  aria-label={`Restore revision ${one.revision}`}
                  onClick={() => restore.mutate(one.revision)}
                >
                  Restore
                </Button>
              )}
            </div>
            {opened === one.revision && <Changes assistantId={assistantId} revision={one.revision} />}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Changes({ assistantId, revision }: { assistantId: string; revision: number }) {
  const found = useQuery({
    queryKey: ["revision-diff", assistantId, revision],
    queryFn: () =>
      answered<{ changes: Difference[] }>(
        api.GET("/v1/assistants/{assistant_id}/revisions/{revision}/diff/{other}", {
          params: { path: { assistant_id: assistantId, revision: revision - 1, other: revision } },
        }),
      ),
  });
  const changes = found.data?.changes;
  return (
    <div className="mt-2 rounded-lg bg-raised p-3">
      <Trouble error={found.error} />
      {changes?.length === 0 && <p className="text-quiet">Nothing.</p>}
      <dl className="flex flex-col gap-2 text-xs">
        {changes?.map((one, at) => (
          <div key={at}>
            <dt className="font-medium">{one.path}</dt>
            <dd className="text-quiet [overflow-wrap:anywhere]">
              {shown(one.before)} → {shown(one.after)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text.length > 300 ? `${text.slice(0, 300)} …` : text || "–";
}
