/** One assistant at a time: who it is, what it says, when it asks a person, how it looks; saved as revisions. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import { answered, api, type Page } from "../api/client";
import { Button, Empty, Trouble } from "../parts/parts";
import { Refused } from "../parts/refused";
import { TabLinks } from "../parts/tab_links";
import { useMe } from "../shell";
import { Answers } from "./answers";
import { Confidence } from "./confidence";
import { Consent } from "./consent";
import { Handoffs } from "./handoffs";
import { Look } from "./look";
import { Persona } from "./persona";
import { Revisions } from "./revisions";
import { type Assistant, useAssistant, useDraft } from "./settings";
import { TestChat } from "./test_chat";
import { Tools } from "./tools";

const TABS = {
  persona: "Persona",
  answers: "Answers",
  confidence: "Confidence",
  handoff: "Handoff",
  tools: "Tools",
  consent: "Consent",
  widget: "Widget",
  test: "Test chat",
  revisions: "Revisions",
};
type Tab = keyof typeof TABS;

export function Assistants() {
  const { assistantId, tab = "persona" } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayChange = ["owner", "admin"].includes(useMe().data?.role ?? "");
  const found = useQuery({
    queryKey: ["assistants"],
    queryFn: () =>
      answered<Page<Assistant>>(api.GET("/v1/assistants", { params: { query: { limit: 100 } } })),
  });
  const all = found.data?.data ?? [];
  const chosen = assistantId ?? all[0]?.assistant_id;
  const beside = all.find((one) => one.assistant_id === chosen);
  // it reads what the one beside it reads: without any knowledge it would send everybody to a person
  const make = useMutation({
    mutationFn: () =>
      answered<Assistant>(
        api.POST("/v1/assistants", {
          body: { name: "New assistant", knowledge_base_ids: beside?.knowledge_base_ids ?? [] },
        }),
      ),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["assistants"] });
      await navigate(`/assistants/${made.assistant_id}`);
    },
  });
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-5xl px-4 pt-5 lg:px-8">
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="flex-1 text-xl font-semibold tracking-tight">Assistants</h1>
          {all.length > 0 && (
            <select
              aria-label="Assistant"
              value={chosen}
              onChange={(event) => void navigate(`/assistants/${event.target.value}/${tab}`)}
              className="min-h-9 max-w-56 rounded-lg border border-line bg-card px-2 text-sm"
            >
              {all.map((one) => (
                <option key={one.assistant_id} value={one.assistant_id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
          {mayChange && (
            <Button disabled={make.isPending} onClick={() => make.mutate()}>
              New assistant
            </Button>
          )}
        </div>
        <Trouble error={found.error ?? make.error} />
        {found.data && all.length === 0 && (
          <Empty title="No assistant yet">An assistant answers from your knowledge in your own words.</Empty>
        )}
        {chosen && <Loaded assistantId={chosen} tab={tab as Tab} mayChange={mayChange} key={chosen} />}
      </div>
    </main>
  );
}

function Loaded({ assistantId, tab, mayChange }: { assistantId: string; tab: Tab; mayChange: boolean }) {
  const found = useAssistant(assistantId);
  if (!found.data) return <Trouble error={found.error} />;
  return <Editor saved={found.data} tab={tab} mayChange={mayChange} />;
}

function Editor({ saved, tab, mayChange }: { saved: Assistant; tab: Tab; mayChange: boolean }) {
  const { draft, isChanged, discard, save, restore, undoTo } = useDraft(saved);
  return (
    <Refused error={save.error}>
      <TabLinks
        label="Parts of the assistant"
        tabs={TABS}
        chosen={tab}
        to={(key) => `/assistants/${saved.assistant_id}/${key}`}
      />
      {!mayChange && (
        <p
          id="why-locked"
          role="note"
          tabIndex={0}
          className="mb-4 rounded-lg bg-raised px-4 py-3 text-sm text-pretty"
        >
          You can look at all of this and change none of it: assistants are changed by owners and
          administrators. Ask one of them, or have them give you that role.
        </p>
      )}
      <fieldset
        disabled={!mayChange}
        aria-describedby={mayChange ? undefined : "why-locked"}
        className="flex min-w-0 flex-col gap-5 pb-8"
      >
        <legend className="sr-only">{TABS[tab] ?? "Persona"}</legend>
        {tab === "answers" ? (
          <Answers draft={draft} />
        ) : tab === "confidence" ? (
          <Confidence draft={draft} />
        ) : tab === "handoff" ? (
          <Handoffs draft={draft} />
        ) : tab === "tools" ? (
          <Tools draft={draft} />
        ) : tab === "consent" ? (
          <Consent draft={draft} />
        ) : tab === "widget" ? (
          <Look draft={draft} />
        ) : tab === "test" ? (
          <TestChat assistant={saved} />
        ) : tab === "revisions" ? (
          <Revisions assistantId={saved.assistant_id} restore={restore} />
        ) : (
          <Persona draft={draft} mayChange={mayChange} />
        )}
      </fieldset>
      {(isChanged || undoTo !== null || save.error || restore.error) && (
        <div className="sticky bottom-0 -mx-4 flex flex-wrap items-center gap-3 border-t bg-card px-4 py-3 lg:-mx-8 lg:px-8">
          <p role="status" className="flex-1 text-sm text-quiet">
            {isChanged ? "Not saved yet" : `Saved as revision ${saved.revision}`}
          </p>
          <Trouble error={save.error ?? restore.error} />
          {isChanged ? (
            <>
              <Button look="quiet" onClick={discard}>
                Discard
              </Button>
              <Button look="primary" disabled={save.isPending} onClick={() => save.mutate()}>
                Save
              </Button>
            </>
          ) : (
            undoTo !== null && (
              <Button disabled={restore.isPending} onClick={() => restore.mutate(undoTo)}>
                Undo
              </Button>
            )
          )}
        </div>
      )}
    </Refused>
  );
}
