/** An assistant's settings as the console edits them, and the draft that is saved as a revision. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../api/client";
import type { components } from "../api/schema";
import { changed } from "./changed";

export interface Condition {
  about?: string;
  examples?: string[];
  words?: string[];
  sentiment?: "negative" | "neutral" | "positive" | null;
  languages?: string[];
  channels?: string[];
}

export interface Guidance {
  name: string;
  when: Condition;
  instructions: string;
}

export interface Topic {
  name: string;
  when: Condition;
  action: "refuse" | "hand_off";
  say: { [language: string]: string };
}

export interface Disclaimer {
  name: string;
  text: { [language: string]: string };
  when: Condition | null;
}

export interface Rule {
  name: string;
  when: {
    words?: string[];
    sentiment?: Condition["sentiment"];
    order_value_at_least?: number | null;
    vip?: boolean | null;
    languages?: string[];
    channels?: string[];
    unsure_turns_at_least?: number | null;
  };
  action: "hand_off" | "offer" | "deliver_with_notice" | "priority";
  reason: "policy" | "sensitive_topic";
  notice: string;
}

export interface Hours {
  time_zone: string;
  weekly: { days: string[]; opens: string; closes: string }[];
  special_days: { date: string; hours: { opens: string; closes: string }[] }[];
}

export interface Widget {
  accent: string;
  theme: "auto" | "light" | "dark";
  position: "end" | "start";
  greeting: string;
  launcher: string;
  suggestions: string[];
  logo: string;
  files: boolean;
}

export interface ToolSetting {
  name: string;
  cache_seconds?: number | null;
  approval?: "always" | "never" | { up_to: string; currency: string } | null;
  approval_hours?: number;
}

export type Asking = "assumed" | "asked";

export interface Assistant {
  assistant_id: string;
  revision: number;
  name: string;
  knowledge_base_ids: string[];
  persona: { name: string; traits: string[]; tone: string; instructions: string };
  model: string | null;
  small_model: string | null;
  fallback_models: string[];
  thresholds: { answer: number | null; offer: number | null };
  handoff: { enabled: boolean; offer_first: boolean; rules: Rule[]; hours: Hours | null };
  features: { trace_text: boolean };
  memory: { keeps_facts: boolean; budget_tokens: number };
  dialogue: { pause_minutes: number };
  links: { allowed_hosts: string[]; knowledge_hosts: boolean };
  answering: {
    streaming: "tokens" | "sentences" | "whole";
    restrictions: string[];
    forbidden_topics: Topic[];
    disclaimers: Disclaimer[];
    guidance: Guidance[];
    brand_words: { write: string; instead_of: string[] }[];
  };
  widget: Widget;
  disclosure: { [language: string]: string };
  consent: { remember: Asking; learn: Asking };
  tools: ToolSetting[];
  language: string | null;
  allowed_origins: string[];
}

type Change = components["schemas"]["AssistantChange"];

export interface Draft {
  is: Assistant;
  set: (changes: Partial<Assistant>) => void;
}

export function useAssistant(assistantId: string) {
  return useQuery({
    queryKey: ["assistant", assistantId],
    queryFn: () =>
      answered<Assistant>(
        api.GET("/v1/assistants/{assistant_id}", { params: { path: { assistant_id: assistantId } } }),
      ),
  });
}

/** The settings with what was changed and not saved yet; saving makes a revision, undo goes back to the last. */
export function useDraft(saved: Assistant) {
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Partial<Assistant>>({});
  const [undoTo, setUndoTo] = useState<number | null>(null);
  const path = { assistant_id: saved.assistant_id };
  const took = (made: Assistant) => {
    queries.setQueryData(["assistant", saved.assistant_id], made);
    setChanges({});
    void queries.invalidateQueries({ queryKey: ["assistants"] });
    void queries.invalidateQueries({ queryKey: ["revisions"] });
  };
  const save = useMutation({
    mutationFn: () =>
      answered<Assistant>(
        api.PATCH("/v1/assistants/{assistant_id}", { params: { path }, body: changes as Change }),
      ),
    onSuccess: (made) => {
      setUndoTo(saved.revision);
      took(made);
    },
  });
  const restore = useMutation({
    mutationFn: (revision: number) =>
      answered<Assistant>(
        api.POST("/v1/assistants/{assistant_id}/revisions/{revision}/restore", {
          params: { path: { ...path, revision } },
        }),
      ),
    onSuccess: (made) => {
      setUndoTo(saved.revision);
      took(made);
    },
  });
  const draft: Draft = {
    is: { ...saved, ...changes },
    set: (more) => setChanges((before) => changed(saved, { ...before, ...more })),
  };
  return {
    draft,
    isChanged: Object.keys(changes).length > 0,
    discard: () => setChanges({}),
    save,
    restore,
    undoTo,
  };
}
