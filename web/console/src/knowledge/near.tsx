/** What the knowledge holds already beside a question: each entry's words, and the way to it. */

import { Link } from "react-router";
import type { NearEntry } from "../api/shapes";
import { Tag } from "../parts/parts";

const MATCHES = {
  identical: { words: "the same question", tone: "bad" },
  near: { words: "much the same", tone: "warn" },
  related: { words: "related", tone: "neutral" },
} as const;

export function Near({ baseId, near }: { baseId: string; near: NearEntry[] }) {
  return (
    <ul aria-label="Near entries" className="flex flex-col gap-2">
      {near.map((one) => (
        <li key={one.passage_id} className="rounded-lg border border-line bg-card px-3 py-2 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <Tag tone={MATCHES[one.match].tone}>{MATCHES[one.match].words}</Tag>
            <span dir="auto" className="min-w-0 font-medium [overflow-wrap:anywhere]">
              {one.question || one.title}
            </span>
          </p>
          <p dir="auto" className="mt-1 line-clamp-4 text-quiet [overflow-wrap:anywhere]">
            {one.text}
          </p>
          <Link
            to={`/knowledge/entries?base=${baseId}&entry=${one.document_id}`}
            target="_blank"
            className="text-xs text-accent underline underline-offset-2"
          >
            Open the entry
          </Link>
        </li>
      ))}
    </ul>
  );
}
