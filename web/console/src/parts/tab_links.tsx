/** Tabs that are addresses: in a row, down the side where there is room, on a phone a list to choose from. */

import { Link, useNavigate } from "react-router";

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
  const navigate = useNavigate();
  return (
    <>
      <select
        aria-label={label}
        value={chosen}
        onChange={(event) => void navigate(to(event.target.value))}
        className="mt-3 mb-5 min-h-11 w-full rounded-lg border border-line bg-card px-3 text-base font-medium sm:hidden"
      >
        {Object.entries(tabs).map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
      <nav
        aria-label={label}
        className={`mt-3 mb-5 flex flex-wrap gap-x-2 gap-y-1 border-b pb-2 max-sm:hidden ${isBeside ? "lg:mt-0 lg:w-44 lg:shrink-0 lg:flex-col lg:flex-nowrap lg:self-start lg:border-b-0 lg:pb-0" : ""}`}
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
    </>
  );
}
