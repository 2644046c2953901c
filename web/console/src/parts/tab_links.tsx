/** Tabs that are addresses: in a row that breaks where it must, or down the side where there is room. */

import { Link } from "react-router";

export function TabLinks({
  label,
  tabs,
  chosen,
  to,
  isBeside = false,
}: {
  label: string;
  tabs: { [key: string]: string };
  chosen: string;
  to: (key: string) => string;
  isBeside?: boolean;
}) {
  return (
    <nav
      aria-label={label}
      className={`mt-3 mb-5 flex flex-wrap gap-x-1 gap-y-1 border-b pb-2 sm:gap-x-2 ${isBeside ? "lg:mt-0 lg:w-44 lg:shrink-0 lg:flex-col lg:flex-nowrap lg:self-start lg:border-b-0 lg:pb-0" : ""}`}
    >
      {Object.entries(tabs).map(([key, words]) => (
        <Link
          key={key}
          to={to(key)}
          aria-current={key === chosen ? "page" : undefined}
          className={`rounded-lg px-3 py-2 text-sm font-medium whitespace-nowrap ${key === chosen ? "bg-soft text-accent" : "text-quiet hover:bg-raised hover:text-ink"}`}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}
