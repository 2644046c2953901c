/** What belongs to the whole company: people, keys, models, where events go, what it costs. */

import { NavLink, useParams } from "react-router";
import { Empty } from "../parts/parts";
import { useMe } from "../shell";
import { ApiKeys } from "./api_keys";
import { Deliveries } from "./deliveries";
import { Identity } from "./identity";
import { Models } from "./models";
import { People } from "./people";
import { Usage } from "./usage";

const TABS = {
  people: "People",
  keys: "API keys",
  models: "Models",
  usage: "Usage",
  deliveries: "Webhooks",
  identity: "Identity",
};
const VIEWS = {
  people: People,
  keys: ApiKeys,
  models: Models,
  usage: Usage,
  deliveries: Deliveries,
  identity: Identity,
};

export function Settings() {
  const { tab = "people" } = useParams();
  const me = useMe().data;
  const View = VIEWS[tab as keyof typeof VIEWS] ?? People;
  const isAdmin = me?.role === "owner" || me?.role === "admin";
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-4xl px-4 pt-5 pb-8 lg:px-8">
        <h1 className="text-xl font-semibold tracking-tight">Settings</h1>
        {isAdmin ? (
          <>
            <nav aria-label="Settings" className="mt-3 mb-5 flex gap-6 overflow-x-auto border-b">
              {Object.entries(TABS).map(([key, words]) => (
                <NavLink
                  key={key}
                  to={`/settings/${key}`}
                  aria-current={key === tab ? "page" : undefined}
                  className={`border-b-2 px-1 py-2 text-sm font-medium whitespace-nowrap ${key === tab ? "border-accent text-ink" : "border-transparent text-quiet hover:text-ink"}`}
                >
                  {words}
                </NavLink>
              ))}
            </nav>
            <div className="flex flex-col gap-5">
              <View />
            </div>
          </>
        ) : (
          <Empty title="For owners and admins">Ask one of them for what you would like to change.</Empty>
        )}
      </div>
    </main>
  );
}
