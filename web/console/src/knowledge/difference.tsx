/** What one version says that another does not, entry by entry. */

import { useQuery } from "@tanstack/react-query";
import { answered, api } from "../api/client";
import { Tag, Trouble } from "../parts/parts";
import { plain } from "../parts/readable";

interface Passage {
  question: string | null;
  text: string;
}

interface Changed {
  document_id: string;
  change: "added" | "changed" | "deleted";
  title: string;
  fields?: { [name: string]: { before: unknown; after: unknown } };
  passages_removed?: Passage[];
  passages_added?: Passage[];
}

interface Told {
  counts: { added: number; changed: number; deleted: number };
  data: Changed[];
  next_cursor: string | null;
}

const TONES = { added: "good", changed: "warn", deleted: "bad" } as const;

export function Difference({ baseId, before, after }: { baseId: string; before: string; after: string }) {
  const found = useQuery({
    queryKey: ["knowledge-diff", baseId, before, after],
    queryFn: () =>
      answered<Told>(
        api.GET("/v1/knowledge-bases/{knowledge_base_id}/versions/{version}/diff/{other}", {
          params: {
            path: { knowledge_base_id: baseId, version: before, other: after },
            query: { limit: 100 },
          },
        }),
      ),
  });
  const told = found.data;
  if (!told) return <Trouble error={found.error} />;
  const { added, changed, deleted } = told.counts;
  return (
    <section aria-label="What differs" className="flex flex-col gap-3 rounded-lg bg-raised p-4 text-sm">
      <p>
        {added + changed + deleted === 0
          ? "Nothing differs."
          : `${added} added, ${changed} changed, ${deleted} deleted`}
      </p>
      <ul className="flex flex-col gap-3">
        {told.data.map((one) => (
          <li key={one.document_id} className="[overflow-wrap:anywhere]">
            <p className="flex items-baseline gap-2">
              <Tag tone={TONES[one.change]}>{one.change}</Tag>
              <span dir="auto">{one.title}</span>
            </p>
            {Object.entries(one.fields ?? {}).map(([name, { before: was, after: is }]) => (
              <p key={name} className="mt-1 text-xs text-quiet">
                {name}: {plain(was)} → {plain(is)}
              </p>
            ))}
            {one.passages_removed?.map((passage, at) => (
              <p key={`-${at}`} dir="auto" className="mt-1 rounded bg-bad-soft px-2 py-1 text-bad">
                <del className="no-underline">− {passage.text}</del>
              </p>
            ))}
            {one.passages_added?.map((passage, at) => (
              <p key={`+${at}`} dir="auto" className="mt-1 rounded bg-soft px-2 py-1 text-accent">
                <ins className="no-underline">+ {passage.text}</ins>
              </p>
            ))}
          </li>
        ))}
      </ul>
      {told.next_cursor && <p className="text-xs text-quiet">The first hundred are shown.</p>}
    </section>
  );
}
