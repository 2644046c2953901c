/** One conversation as it is shown: a pure function of the events so far and of what was typed. */

import type { Block, Citation, DeskEvent, Said } from "./events";

export interface Line {
  key: string;
  messageId: string | null;
  clientMessageId: string | null;
  author: "contact" | "assistant" | "operator";
  name: string;
  text: string;
  content: Block[];
  citations: Citation[];
  at: string;
  state: "sent" | "sending" | "unsent" | "refused";
  refusal?: string;
}

export type Person = "none" | "waiting" | "joined";

export interface Talk {
  lines: Line[];
  seen: number;
  draft: string;
  work: "" | "thinking" | "looking";
  person: Person;
  personName: string;
  personTypes: boolean;
  hadPerson: boolean;
  failed: boolean;
}

export const EMPTY: Talk = {
  lines: [],
  seen: 0,
  draft: "",
  work: "",
  person: "none",
  personName: "",
  personTypes: false,
  hadPerson: false,
  failed: false,
};

/** The talk after an event; an event that was seen before changes nothing. */
export function taken(talk: Talk, event: DeskEvent, id: number | null): Talk {
  if (id !== null && id <= talk.seen) return talk;
  const next = applied(talk, event);
  return id === null ? next : { ...next, seen: id };
}

function applied(talk: Talk, event: DeskEvent): Talk {
  switch (event.type) {
    case "contact_message":
      return { ...talk, lines: confirmed(talk.lines, event.data), failed: false };
    case "message":
      return { ...talk, lines: added(talk.lines, lineOf(event.data)), draft: "", work: "" };
    case "operator_message":
      return {
        ...talk,
        lines: added(talk.lines, lineOf(event.data)),
        personTypes: false,
        personName: namedOr(event.data.operator_name, talk.personName),
      };
    case "turn_started":
      return { ...talk, work: event.data.kind === "message" ? "thinking" : talk.work, draft: "" };
    case "intents":
      return { ...talk, work: "looking" };
    case "message_delta":
      return { ...talk, draft: talk.draft + event.data.text, work: "" };
    case "typing":
      return event.data.author === "operator" ? { ...talk, personTypes: true } : talk;
    case "handoff_requested":
      return { ...talk, person: "waiting", hadPerson: true };
    case "operator_joined":
      return { ...talk, person: "joined", personName: namedOr(event.data.operator.name, "") };
    case "handoff_resolved":
      return { ...talk, person: "none", personTypes: false };
    case "turn_ended":
      return { ...talk, work: "", draft: "", failed: event.data.status === "failed" };
    default:
      return talk; // a newer server may know more
  }
}

/** An API key that names no operator speaks as "Operator": that is no name to greet with. */
function namedOr(name: string | undefined, otherwise: string): string {
  return name && name !== "Operator" ? name : otherwise;
}

function lineOf(said: Said): Line {
  return {
    key: said.message_id,
    messageId: said.message_id,
    clientMessageId: null,
    author: said.author === "note" ? "operator" : said.author,
    name: namedOr(said.operator_name, ""),
    text: said.text,
    content: said.content ?? [],
    citations: said.citations ?? [],
    at: said.created_at,
    state: "sent",
  };
}

function added(lines: Line[], line: Line): Line[] {
  if (lines.some((known) => known.messageId === line.messageId)) return lines;
  return [...lines.filter(isSent), line, ...lines.filter((known) => !isSent(known))];
}

/** What the server does not have yet stands behind everything that it has. */
function isSent(line: Line): boolean {
  return line.state === "sent";
}

/** The log has a message of the contact's: it is the one just typed here, or another tab's. */
function confirmed(lines: Line[], said: Said): Line[] {
  const known = lines.find((line) => line.messageId === said.message_id);
  const typed = known ?? lines.find((line) => line.state !== "sent" && line.text === said.text);
  if (!typed) return added(lines, lineOf(said));
  const sure = { ...lineOf(said), key: typed.key, clientMessageId: typed.clientMessageId };
  return added(
    lines.filter((line) => line !== typed),
    sure,
  );
}

/** The talk with a message that has only been typed yet. */
export function typed(talk: Talk, text: string, clientMessageId: string, state: Line["state"]): Talk {
  const line: Line = {
    key: clientMessageId,
    messageId: null,
    clientMessageId,
    author: "contact",
    name: "",
    text,
    content: [],
    citations: [],
    at: new Date().toISOString(),
    state,
  };
  return { ...talk, lines: [...talk.lines, line], failed: false };
}

/** The server has accepted a message: its number is known, its event may come before or after. */
export function accepted(talk: Talk, clientMessageId: string, messageId: string): Talk {
  const confirmedAlready = talk.lines.some(
    (line) => line.messageId === messageId && line.clientMessageId !== clientMessageId,
  );
  const lines = confirmedAlready
    ? talk.lines.filter((line) => line.clientMessageId !== clientMessageId)
    : talk.lines.map((line) =>
        line.clientMessageId === clientMessageId && line.state !== "sent"
          ? { ...line, messageId, state: "sent" as const }
          : line,
      );
  return { ...talk, lines };
}

export function marked(talk: Talk, clientMessageId: string, state: Line["state"], refusal?: string): Talk {
  return {
    ...talk,
    lines: talk.lines.map((line) =>
      line.clientMessageId === clientMessageId && line.state !== "sent"
        ? { ...line, state, ...(refusal === undefined ? {} : { refusal }) }
        : line,
    ),
  };
}

/** A connection begins: what was told live is told again from its start. */
export function reopened(talk: Talk): Talk {
  return { ...talk, draft: "" };
}
