/** What the assistants answer from: entries, what is staged, what was learnt, how a search goes. */

import { useQuery } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Base } from "../api/shapes";
import { Empty, Trouble } from "../parts/parts";
import { useMe } from "../shell";
import { Documents } from "./documents";
import { Sources } from "./sources";
import { Suggestions } from "./suggestions";
import { Tester } from "./tester";
import { Versions } from "./versions";

const TAB =
  "border-b-2 border-transparent px-1 py-2 text-sm focus-visible:-outline-offset-2 font-medium text-quiet whitespace-nowrap data-[state=active]:border-accent data-[state=active]:text-ink";

const TABS: { [place: string]: string } = {
  entries: "Entries",
  sources: "Sources",
  learnt: "Suggestions",
  search: "Search",
  versions: "Versions",
};

export function Knowledge() {
  const { tab = "entries" } = useParams();
  const [asked] = useSearchParams();
  const navigate = useNavigate();
  const chosen = asked.get("base") ?? "";
  const show = (place: string, base: string) =>
    navigate({ pathname: `/knowledge/${place}`, search: base ? `?base=${base}` : "" }, { replace: true });
  const me = useMe().data;
  const found = useQuery({
    queryKey: ["bases"],
    queryFn: () =>
      answered<Page<Base>>(api.GET("/v1/knowledge-bases", { params: { query: { limit: 100 } } })),
  });
  const bases = found.data?.data ?? [];
  const base = bases.find((one) => one.knowledge_base_id === chosen) ?? bases[0];
  const mayWrite = me?.may_write_knowledge ?? false;
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-5xl px-4 py-5 lg:px-8">
        <div className="flex flex-wrap items-center gap-4">
          <h1 className="flex-1 text-xl font-semibold tracking-tight">Knowledge</h1>
          {bases.length > 1 && (
            <select
              aria-label="Knowledge base"
              value={base?.knowledge_base_id}
              onChange={(event) => void show(tab, event.target.value)}
              className="min-h-9 rounded-lg border border-line bg-card px-2 text-sm"
            >
              {bases.map((one) => (
                <option key={one.knowledge_base_id} value={one.knowledge_base_id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </div>
        <Trouble error={found.error} />
        {found.data && !base && (
          <Empty title="No knowledge base yet">An administrator makes one with the first assistant.</Empty>
        )}
        {base && (
          <Tabs.Root
            value={TABS[tab] ? tab : "entries"}
            onValueChange={(place) => void show(place, chosen)}
            key={base.knowledge_base_id}
            className="mt-2"
          >
            <Tabs.List
              aria-label="Knowledge"
              className="mb-5 flex gap-x-1.5 overflow-x-auto border-b sm:gap-x-6"
            >
              {Object.entries(TABS).map(([place, words]) => (
                <Tabs.Trigger value={place} className={TAB} key={place}>
                  {words}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            <Tabs.Content value="entries">
              <Documents base={base} mayWrite={mayWrite} />
            </Tabs.Content>
            <Tabs.Content value="sources">
              <Sources baseId={base.knowledge_base_id} mayWrite={mayWrite} />
            </Tabs.Content>
            <Tabs.Content value="learnt">
              <Suggestions baseId={base.knowledge_base_id} mayWrite={mayWrite} />
            </Tabs.Content>
            <Tabs.Content value="search">
              <Tester baseId={base.knowledge_base_id} />
            </Tabs.Content>
            <Tabs.Content value="versions">
              <Versions base={base} mayWrite={mayWrite} />
            </Tabs.Content>
          </Tabs.Root>
        )}
      </div>
    </main>
  );
}
