/** Tabs that are addresses; the chosen one is in view on a phone, too. */

import { Link } from "react-router";

export function TabLinks({
  label,
  tabs,
  chosen,
  to,
}: {
  label: string;
  tabs: { [key: string]: string };
  chosen: string;
  to: (key: string) => string;
}) {
  return (
    <nav aria-label={label} className="mt-3 mb-5 flex gap-6 overflow-x-auto border-b">
      {Object.entries(tabs).map(([key, words]) => (
        <Link
          key={key}
          to={to(key)}
          ref={(link) => {
            if (key === chosen) link?.scrollIntoView({ block: "nearest", inline: "center" });
          }}
          aria-current={key === chosen ? "page" : undefined}
          className={`border-b-2 px-1 py-2 text-sm font-medium whitespace-nowrap ${key === chosen ? "border-accent text-ink" : "border-transparent text-quiet hover:text-ink"}`}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}
