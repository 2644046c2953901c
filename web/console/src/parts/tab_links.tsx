/** Tabs that are addresses: in a row or down the side, and where there is no room a list to choose from. */

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
        className={`mt-3 mb-5 min-h-11 w-full rounded-lg border border-line bg-card px-3 text-base font-medium ${isBeside ? "lg:hidden" : "sm:hidden"}`}
      >
        {Object.entries(tabs).map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
      <nav
        aria-label={label}
        className={
          isBeside
            ? "hidden w-44 shrink-0 flex-col gap-1 self-start lg:flex"
            : "mt-3 mb-5 flex flex-wrap gap-x-2 gap-y-1 border-b pb-2 max-sm:hidden"
        }
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
