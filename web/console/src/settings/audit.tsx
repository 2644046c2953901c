/** Who did what, from where, and what it changed; narrowed by act, and taken out as a file. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api, type Page } from "../api/client";
import { usePeople } from "../inbox/people";
import { Section, Text } from "../parts/fields";
import { Ago, Button, inWords, Trouble } from "../parts/parts";
import { Readable } from "../parts/readable";

interface Act {
  seq: number;
  at: string;
  actor: { kind: string; id: string };
  action: string;
  subject: string;
  address: string;
  details: { [name: string]: unknown };
}

export function Audit() {
  const [action, setAction] = useState("");
  const names = new Map(usePeople().data?.map((one) => [one.operator_id, one.name]));
  const found = useInfiniteQuery({
    queryKey: ["audit", action],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answered<Page<Act>>(
        api.GET("/v1/audit", {
          params: {
            query: { limit: 50, ...(action ? { action } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const acts = found.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Section title="Audit log" about="Every act that changed something. No row can be changed unnoticed.">
      <Text
        label="Act"
        placeholder="all of them"
        list={[...new Set(acts.map((act) => act.action))].sort()}
        value={action}
        onChange={(typed) => setAction(typed.trim())}
      />
      <Trouble error={found.error} />
      <ul className="divide-y divide-line text-sm" aria-label="Acts">
        {acts.map((act) => (
          <li key={act.seq} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2">
            <span className="font-medium">{inWords(act.action)}</span>
            <span className="min-w-0 flex-1 truncate text-quiet">
              {names.get(act.actor.id) ?? inWords(act.actor.kind)}
              {act.subject && <span title={act.subject}> · {subjectInWords(act.subject)}</span>}
            </span>
            <span className="text-xs text-quiet">
              {act.address} · <Ago at={act.at} />
            </span>
            {Object.keys(act.details).length > 0 && (
              <details className="basis-full">
                <summary className="text-xs text-quiet hover:text-ink">Details</summary>
                <div className="mt-2">
                  <Readable value={act.details} />
                </div>
              </details>
            )}
          </li>
        ))}
      </ul>
      {found.data && acts.length === 0 && <p className="text-sm text-quiet">Nothing of that kind.</p>}
      <div className="flex flex-wrap gap-2">
        {found.hasNextPage && (
          <Button disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show more
          </Button>
        )}
        <a
          href="/v1/audit/export"
          download="audit.jsonl"
          className="inline-flex min-h-9 items-center rounded-lg border border-line px-3 text-sm font-medium hover:border-accent hover:text-accent"
        >
          Take out the whole log
        </a>
      </div>
    </Section>
  );
}

/** "Team c721ada8" of `team:…`: the end of an id tells things apart; the whole is in its title. */
function subjectInWords(subject: string): string {
  const [kind = "", id = ""] = subject.split(":");
  return `${inWords(kind)} ${id.slice(-8)}`.trim();
}
