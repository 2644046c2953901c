/** What answers hold beyond the fields that the OpenAPI document promises. */

import type { Intent, Said } from "../../../client/src/events";

export interface Me {
  operator_id: string;
  name: string;
  email: string;
  role: "owner" | "admin" | "operator" | "viewer";
  may_write_knowledge: boolean;
  must_enrol: boolean;
  tenant: { tenant_id: string; name: string; slug: string };
}

export interface Tried {
  passage_id: string;
  title: string;
  score?: number;
  text?: string;
  quote?: string;
}

export interface Handoff {
  handoff_id: string;
  conversation_id: string;
  turn_id: string;
  reason: string;
  status: "waiting" | "active" | "resolved";
  priority: "normal" | "high";
  rule: string | null;
  created_at: string;
  claimed_by: { kind: string; id: string } | null;
  assignee_id?: string | null;
  team_id?: string | null;
  clock?: {
    replied_at: string | null;
    reply_due_at: string | null;
    reply_is_overdue: boolean;
    resolve_due_at: string | null;
    resolve_is_overdue: boolean;
  };
  open_intents: { text: string; query?: string; confidence?: number }[];
  answered?: Intent[];
  summary_lines?: { turn_id: string; author: string; text: string }[];
  tried?: { query: string; passages: Tried[] }[];
  passages?: Tried[];
  drafts?: string[];
  sentiment?: string;
  language?: string;
  contact?: {
    contact_id: string;
    identity_level: string;
    channel: string;
    name?: string;
    [more: string]: unknown;
  };
  facts?: { kind: string; value: string }[];
  promised?: { text: string } | null;
  learnt?: { kind: "entry" | "suggestion" } | null;
}

export interface Conversation {
  conversation_id: string;
  contact_id: string;
  assistant_id: string;
  title: string;
  contact_name: string;
  status: string;
  origin: string;
  forked_from?: string | null;
  forked_settings?: object | null;
  channel: string;
  outcome: string | null;
  language: string | null;
  created_at: string;
  last_active_at: string;
}

export type Utterance = Said;

export interface Step {
  step: number;
  node: string;
  duration_ms: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: string;
  input: unknown;
  output: unknown;
}

export interface Explanation {
  status: string;
  answer: string | null;
  decision: string | null;
  reason: string | null;
  confidence: number | null;
  prompt_version: string | null;
  assistant_revision: number | null;
  graph_version: string | null;
  citations: { passage_id: string; title: string }[];
  questions: { passages: { passage_id: string; cited: boolean }[] }[];
  steps: Step[];
  then_and_now: ThenAndNow | null;
}

export interface PassageWords {
  passage_id: string;
  title: string;
  text: string;
}

export interface ThenAndNow {
  would_answer_the_same: boolean | null;
  left_out: string | null;
  questions: {
    text: string;
    verdict: "unchanged" | "changed" | "newly_answered" | "no_longer_answered";
    then: { answer: string | null; confidence: number };
    today: { answer: string | null; confidence: number };
    new_passages: PassageWords[];
  }[];
  passages: {
    passage_id: string;
    fate: "unchanged" | "edited" | "gone";
    then: PassageWords | null;
    now: PassageWords | null;
  }[];
}

export interface Base {
  knowledge_base_id: string;
  name: string;
  publishing: "auto" | "manual";
  version: number;
  staged_version: number | null;
  passages: number;
}

export interface Doc {
  document_id: string;
  title: string;
  kind: string;
  state: string;
  passages: number;
  category: string;
  updated_at: string;
}

export interface Suggestion {
  suggestion_id: string;
  knowledge_base_id: string;
  kind: string;
  status: string;
  question: string;
  answer: string | null;
  asked: number;
  near: NearEntry[];
}

export interface NearEntry {
  passage_id: string;
  document_id: string;
  title: string;
  question: string | null;
  text: string;
  match: "identical" | "near" | "related";
}

export interface Found {
  passage_id: string;
  title: string;
  text: string;
  score: number;
  cosine: number;
  lexical: number;
}
