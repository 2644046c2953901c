/** Who the assistant is, what it reads in which order, which models write for it, what it remembers. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { answered, api, type Page } from "../api/client";
import type { Base } from "../api/shapes";
import { NumberField, Pair, Section, Several, Switch, Text } from "../parts/fields";
import { Button, Trouble } from "../parts/parts";
import { MODELS } from "./models";
import type { Draft } from "./settings";

export function Persona({ draft, mayChange }: { draft: Draft; mayChange: boolean }) {
  const { is, set } = draft;
  const persona = (changes: Partial<typeof is.persona>) => set({ persona: { ...is.persona, ...changes } });
  return (
    <>
      <Section title="Persona" about="How contacts know the assistant, and how it speaks.">
        <Pair>
          <Text
            label="Name in the console"
            name="name"
            value={is.name}
            required
            onChange={(name) => set({ name })}
          />
          <Text
            label="Name for contacts"
            name="persona.name"
            value={is.persona.name}
            onChange={(name) => persona({ name })}
          />
          <Text
            label="Tone"
            name="persona.tone"
            value={is.persona.tone}
            onChange={(tone) => persona({ tone })}
          />
          <Several
            label="Traits"
            name="persona.traits"
            placeholder="patient, precise"
            value={is.persona.traits}
            onChange={(traits) => persona({ traits })}
          />
        </Pair>
        <Text
          label="Instructions"
          name="persona.instructions"
          hint="What a model is told in every answer. What holds only sometimes belongs to Guidance."
          rows={4}
          max={4_000}
          value={is.persona.instructions}
          onChange={(instructions) => persona({ instructions })}
        />
        <Text
          label="Language"
          name="language"
          hint="A code like en or de; empty: the contact's own."
          max={40}
          value={is.language ?? ""}
          onChange={(language) => set({ language: language || null })}
        />
      </Section>
      <Bases draft={draft} />
      <Section
        title="Models"
        about="The first that can be reached writes; extractive quotes and needs no key."
      >
        <Pair>
          <Text
            label="Model"
            name="model"
            placeholder="the server's"
            list={MODELS}
            value={is.model ?? ""}
            onChange={(model) => set({ model: model || null })}
          />
          <Text
            label="Small model"
            name="small_model"
            placeholder="the server's"
            list={MODELS}
            value={is.small_model ?? ""}
            onChange={(model) => set({ small_model: model || null })}
          />
        </Pair>
        <Several
          label="Fallback models"
          name="fallback_models"
          hint="In this order, with commas between them."
          value={is.fallback_models}
          onChange={(fallback_models) => set({ fallback_models })}
        />
      </Section>
      <Section title="Features">
        <Switch
          label="Remember what contacts tell of themselves"
          isOn={is.memory.keeps_facts}
          onChange={(keeps_facts) => set({ memory: { ...is.memory, keeps_facts } })}
        />
        <Switch
          label="Texts in traces"
          hint="Traces of turns then hold what was said, not only its length."
          isOn={is.features.trace_text}
          onChange={(trace_text) => set({ features: { ...is.features, trace_text } })}
        />
        <Pair>
          <NumberField
            label="Minutes until a conversation is taken up anew"
            min={1}
            max={43_200}
            value={is.dialogue.pause_minutes}
            onChange={(n) => set({ dialogue: { pause_minutes: n ?? 30 } })}
          />
          <NumberField
            label="Tokens of memory in a prompt"
            min={200}
            max={20_000}
            value={is.memory.budget_tokens}
            onChange={(n) => set({ memory: { ...is.memory, budget_tokens: n ?? 1_200 } })}
          />
        </Pair>
      </Section>
      {mayChange && <Archive assistantId={is.assistant_id} />}
    </>
  );
}

function Bases({ draft: { is, set } }: { draft: Draft }) {
  const found = useQuery({
    queryKey: ["bases"],
    queryFn: () =>
      answered<Page<Base>>(api.GET("/v1/knowledge-bases", { params: { query: { limit: 100 } } })),
  });
  const all = found.data?.data ?? [];
  const ids = is.knowledge_base_ids;
  const name = (id: string) => all.find((one) => one.knowledge_base_id === id)?.name ?? "A knowledge base";
  const free = all.filter((one) => !ids.includes(one.knowledge_base_id));
  const put = (knowledge_base_ids: string[]) => set({ knowledge_base_ids });
  const up = (at: number) =>
    put([...ids.slice(0, at - 1), ids[at] as string, ids[at - 1] as string, ...ids.slice(at + 1)]);
  return (
    <Section
      title="Knowledge"
      about="What it answers from; the first is written to when something is learnt."
    >
      <Trouble error={found.error} />
      {ids.length === 0 && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
          It reads no knowledge: whatever it is asked goes to a person.
        </p>
      )}
      <ol className="flex flex-col gap-2">
        {ids.map((id, at) => (
          <li key={id} className="flex items-center gap-2 rounded-lg bg-raised px-3 py-1 text-sm">
            <span className="min-w-0 flex-1 truncate" dir="auto">
              {name(id)}
            </span>
            <Button
              look="quiet"
              disabled={at === 0}
              aria-label={`Move ${name(id)} up`}
              onClick={() => up(at)}
            >
              ↑
            </Button>
            <Button
              look="quiet"
              aria-label={`Take out ${name(id)}`}
              onClick={() => put(ids.filter((one) => one !== id))}
            >
              Take out
            </Button>
          </li>
        ))}
      </ol>
      {free.length > 0 && (
        <select
          aria-label="Add a knowledge base"
          value=""
          onChange={(event) => put([...ids, event.target.value])}
          className="min-h-9 self-start rounded-lg border border-line bg-card px-2 text-sm"
        >
          <option value="">Add a knowledge base</option>
          {free.map((one) => (
            <option key={one.knowledge_base_id} value={one.knowledge_base_id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
    </Section>
  );
}

/** A second press archives: the assistant answers nobody from then on. */
function Archive({ assistantId }: { assistantId: string }) {
  const [isAsked, ask] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const archive = useMutation({
    mutationFn: () =>
      answered(
        api.DELETE("/v1/assistants/{assistant_id}", { params: { path: { assistant_id: assistantId } } }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["assistants"] });
      await navigate("/assistants");
    },
  });
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm text-quiet">
      <Button
        look="quiet"
        className={isAsked ? "text-bad" : ""}
        disabled={archive.isPending}
        onBlur={() => ask(false)}
        onClick={() => (isAsked ? archive.mutate() : ask(true))}
      >
        {isAsked ? "Take it out of use for good" : "Archive this assistant"}
      </Button>
      {isAsked && <span>Its conversations stay readable; nobody can write to it any more.</span>}
      <Trouble error={archive.error} />
    </div>
  );
}
