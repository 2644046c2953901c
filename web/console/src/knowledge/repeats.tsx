/** What came in though an entry says it already: which, and the way to it. Both are kept. */

import { Link } from "react-router";
import { Tag } from "../parts/parts";
import type { Repeat } from "./repeated";

export function Repeats({ baseId, repeats }: { baseId: string; repeats: Repeat[] }) {
  if (!repeats.length) return null;
  return (
    <section aria-label="There already" className="flex flex-col gap-2 rounded-lg bg-warn-soft p-3">
      <p className="text-sm text-warn text-pretty">
        This was there already. Both are kept: delete one of the two if it is not wanted twice.
      </p>
      <ul className="flex flex-col gap-2 text-sm">
        {repeats.map(({ fresh, earlier, isSame, passages }) => (
          <li key={fresh.document_id + earlier.document_id} className="rounded-lg bg-card px-3 py-2">
            <Tag tone={isSame ? "bad" : "warn"}>{isSame ? "the same words" : "much the same"}</Tag>{" "}
            <span dir="auto" className="[overflow-wrap:anywhere]">
              {fresh.title} repeats {earlier.title}
              {passages > 1 && ` in ${passages} passages`}
            </span>{" "}
            <Link
              to={`/knowledge/entries?base=${baseId}&entry=${earlier.document_id}`}
              target="_blank"
              aria-label={`Open the entry that was there: ${earlier.title}`}
              className="text-xs text-accent underline underline-offset-2"
            >
              Open the entry that was there
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
