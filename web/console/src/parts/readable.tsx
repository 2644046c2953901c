/** What a program wrote down, as fields that people read; the text itself is one press away. */

import { inWords } from "./parts";

const SHOWN_ITEMS = 50;
const DEPTH = 4;

export function Readable({ value }: { value: unknown }) {
  return (
    <div className="rounded-lg bg-raised p-3 text-sm">
      <Value value={value} depth={0} />
      <details className="mt-2 text-xs">
        <summary className="text-quiet hover:text-ink">As JSON</summary>
        <pre className="mt-1 max-h-60 overflow-auto rounded-lg bg-card p-3" tabIndex={0}>
          {JSON.stringify(value, null, 2)}
        </pre>
      </details>
    </div>
  );
}

function Value({ value, depth }: { value: unknown; depth: number }) {
  if (isPlain(value)) return <span className="[overflow-wrap:anywhere]">{plain(value)}</span>;
  if (depth >= DEPTH) return <code className="text-xs">{JSON.stringify(value)}</code>;
  if (Array.isArray(value)) return <Items items={value} depth={depth} />;
  const pairs = Object.entries(value as object);
  const { before, after } = value as { before?: unknown; after?: unknown };
  if (isObject(before) && isObject(after) && pairs.length === 2) {
    return <Changed before={before} after={after} depth={depth} />;
  }
  if (pairs.length === 0) return <span className="text-quiet">nothing</span>;
  return (
    <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-4 gap-y-1">
      {pairs.map(([name, one]) => (
        <div key={name} className="contents">
          <dt className="text-quiet">{inWords(name)}</dt>
          <dd className="min-w-0">
            <Value value={one} depth={depth + 1} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Items({ items, depth }: { items: unknown[]; depth: number }) {
  if (items.length === 0) return <span className="text-quiet">none</span>;
  if (items.every(isPlain)) return <span>{items.map(plain).join(", ")}</span>;
  return (
    <ol className="flex flex-col gap-2">
      {items.slice(0, SHOWN_ITEMS).map((one, at) => (
        <li key={at} className="border-s-2 ps-3">
          <Value value={one} depth={depth + 1} />
        </li>
      ))}
      {items.length > SHOWN_ITEMS && <li className="text-quiet">and {items.length - SHOWN_ITEMS} more</li>}
    </ol>
  );
}

interface Fields {
  [name: string]: unknown;
}

/** What was and what is, side by side, of the fields that differ. */
function Changed({ before, after, depth }: { before: Fields; after: Fields; depth: number }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (names.length === 0) return <span className="text-quiet">nothing differs</span>;
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-start">
        <thead className="text-xs text-quiet">
          <tr>
            {["What", "Before", "After"].map((word) => (
              <th key={word} className="pe-4 pb-1 text-start font-medium">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="align-top">
          {names.map((name) => (
            <tr key={name}>
              <td className="pe-4 text-quiet">{inWords(name)}</td>
              <td className="pe-4">
                <Value value={before[name]} depth={depth + 2} />
              </td>
              <td>
                <Value value={after[name]} depth={depth + 2} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

export function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (value === true) return "yes";
  if (value === false) return "no";
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text).toLocaleString() : text;
}
