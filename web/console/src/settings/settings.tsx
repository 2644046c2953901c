/** What belongs to the whole company: people, keys, models, where events go, what it costs. */

import { useParams } from "react-router";
import { TabLinks } from "../parts/tab_links";
import { UndoPlace } from "../parts/undo";
import { useMe } from "../shell";
import { ApiKeys } from "./api_keys";
import { Audit } from "./audit";
import { Canned } from "./canned";
import { Connectors } from "./connectors";
import { Deliveries } from "./deliveries";
import { Identity } from "./identity";
import { Models } from "./models";
import { Own } from "./own";
import { People } from "./people";
import { Retention } from "./retention";
import { SignInRules } from "./sign_in_rules";
import { Teams } from "./teams";
import { Usage } from "./usage";

const TABS = {
  people: "People",
  teams: "Teams and targets",
  signin: "Sign-in",
  canned: "Canned answers",
  keys: "API keys",
  models: "Models",
  usage: "Usage",
  connectors: "Connectors",
  deliveries: "Webhooks",
  identity: "Identity",
  retention: "Retention",
  audit: "Audit",
  own: "Your account",
};
const VIEWS = {
  people: People,
  teams: Teams,
  signin: SignInRules,
  canned: Canned,
  keys: ApiKeys,
  models: Models,
  usage: Usage,
  connectors: Connectors,
  deliveries: Deliveries,
  identity: Identity,
  retention: Retention,
  audit: Audit,
  own: Own,
};

export function Settings() {
  const me = useMe().data;
  const isAdmin = me?.role === "owner" || me?.role === "admin";
  const { tab = isAdmin ? "people" : "canned" } = useParams();
  const open = isAdmin ? VIEWS : { canned: Canned, own: Own };
  const View = open[tab as keyof typeof open] ?? (isAdmin ? People : Canned);
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-5xl px-4 pt-5 pb-8 lg:px-8">
        <h1 className="text-xl font-semibold tracking-tight lg:mb-5">Settings</h1>
        <div className="lg:flex lg:gap-8">
          <TabLinks
            isBeside
            label="Settings"
            tabs={isAdmin ? TABS : { canned: TABS.canned, own: TABS.own }}
            chosen={View === People ? "people" : tab}
            to={(key) => `/settings/${key}`}
          />
          <div className="flex min-w-0 flex-1 flex-col gap-5">
            <UndoPlace>
              <View />
            </UndoPlace>
          </div>
        </div>
      </div>
    </main>
  );
}
