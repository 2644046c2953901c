/** A conversation's events as the server sends them; see the server's contract for each. */

export interface Citation {
  passage_id: string;
  document_id: string;
  title: string;
  quote: string;
}

export interface Button {
  action_id: string;
  label: string;
}

export type Block =
  | { type: "text"; text: string }
  | { type: "buttons"; text: string; buttons: Button[] }
  | { type: "card"; text: string; title: string; subtitle?: string; buttons?: Button[] }
  | { type: "list"; text: string; items: string[] }
  | { type: "media" | "file" | "form"; text: string };

export interface Intent {
  text: string;
  status: string;
  confidence?: number;
}

export interface Said {
  message_id: string;
  author: "contact" | "assistant" | "operator" | "note";
  text: string;
  content: Block[];
  created_at: string;
  turn_id?: string | null;
  operator_name?: string;
  citations?: Citation[];
  intents?: Intent[];
  confidence?: number | null;
}

export type DeskEvent =
  | { type: "contact_message" | "message" | "operator_message"; data: Said }
  | { type: "turn_started"; data: { turn_id: string; kind: string } }
  | { type: "handoff_requested"; data: { handoff_id: string; reason: string } }
  | { type: "operator_joined"; data: { handoff_id: string; operator: { name: string } } }
  | { type: "handoff_resolved"; data: { handoff_id: string } }
  | { type: "knowledge_updated"; data: { kind?: string } }
  | { type: "turn_ended"; data: { turn_id: string; status: string; problem?: { title: string } } }
  | { type: "intents"; data: { intents: Intent[] } }
  | { type: "sources"; data: { sources: Citation[] } }
  | { type: "message_delta"; data: { text: string; turn_id: string } }
  | { type: "typing"; data: { author?: string; turn_id?: string } };
