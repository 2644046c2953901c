/** Two answers to one turn beside each other, and in words what differs between them. */

import { Share, Tag } from "../parts/parts";
import { differences, type Side } from "./differing";

export function Compared({ then, now, tried }: { then: Side; now: Side; tried: string[] }) {
  const lines = differences(then, now);
  return (
    <section aria-label="Compared" className="flex flex-col gap-3">
      <div role="status" className="flex flex-col gap-1">
        {lines.length === 0 ? (
          <Tag tone="good">It came to the same</Tag>
        ) : (
          <ul aria-label="What differs" className="flex flex-wrap gap-2">
            {lines.map((line) => (
              <li key={line} className="rounded-md bg-warn-soft px-2 text-xs leading-5 text-warn">
                {line}
              </li>
            ))}
          </ul>
        )}
        {tried.length > 0 && <p className="text-xs text-quiet">Tried with other {tried.join(", ")}.</p>}
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Column title="Then" side={then} other={now} />
        <Column title="Now" side={now} other={then} />
      </div>
    </section>
  );
}

function Column({ title, side, other }: { title: string; side: Side; other: Side }) {
  const known = new Set(other.passages.map((one) => one.id));
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-2 rounded-lg bg-raised p-3">
      <h4 className="text-xs text-quiet">{title}</h4>
      <p className="text-xs font-medium">{side.decision}</p>
      <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
        {side.answer || "A person is asked."}
      </p>
      {side.confidence !== null && <Share label="Confidence" value={side.confidence} />}
      {side.passages.length > 0 && (
        <ol aria-label="Passages read" className="flex flex-col gap-1 text-xs text-quiet">
          {side.passages.slice(0, 6).map((one) => (
            <li key={one.id} className="flex gap-2">
              <span dir="auto" className={`min-w-0 flex-1 truncate ${one.cited ? "text-ink" : ""}`}>
                {one.title}
              </span>
              {!known.has(one.id) && <Tag tone="warn">only here</Tag>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
