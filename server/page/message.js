/** How one utterance looks: the bubble, and under an answer its confidence, intents and sources. */

import { h, shareBar, timeAgo } from "./dom.js";
import { colleague, plain } from "./words.js";

/** A list item for a message of the contact, the assistant or an operator. */
export function messageItem(message, { you = "You", assistant = "Assistant" } = {}) {
  const names = {
    contact: you,
    assistant,
    operator: colleague(message.operator_name),
    note: "Note",
  };
  const author = names[message.author] ? message.author : "assistant";
  return h(
    "li",
    { class: `message from-${author}`, "data-message-id": message.message_id },
    h(
      "p",
      { class: "byline" },
      h("span", { class: "author" }, names[author]),
      message.created_at ? timeAgo(message.created_at) : null,
    ),
    h("div", { class: "bubble" }, message.text || ""),
    choices(message),
    author === "assistant" ? evidence(message) : null,
  );
}

/** Buttons to answer with; a click is sent as a message by whoever listens for it. */
function choices({ content = [], message_id: messageId }) {
  const buttons = content.filter((block) => block.type === "buttons").flatMap((block) => block.buttons);
  if (!buttons.length) return null;
  return h(
    "div",
    { class: "choices", role: "group", "aria-label": "Possible answers" },
    buttons.map(({ action_id: actionId, label }) =>
      h("button", { type: "button", "data-action-id": actionId, "data-reply-to": messageId }, label),
    ),
  );
}

/** What an answer leans on, and how sure it is; null when it says nothing of either. */
function evidence({ confidence, intents = [], citations = [] }) {
  const known = typeof confidence === "number";
  if (!known && !intents.length && !citations.length) return null;
  return h(
    "div",
    { class: "evidence" },
    known ? shareBar("Confidence", confidence) : null,
    intents.length ? intentList(intents) : null,
    citations.length ? sources(citations) : null,
  );
}

/** What the contact wanted, each with what became of it. */
function intentList(intents) {
  return h(
    "ul",
    { class: "intents", "aria-label": "What was asked" },
    intents.map((intent) =>
      h(
        "li",
        {},
        h("span", { class: "tag", "data-status": intent.status }, plain(intent.status) || "open"),
        h("span", {}, intent.text || ""),
      ),
    ),
  );
}

function sources(citations) {
  const word = citations.length === 1 ? "1 source" : `${citations.length} sources`;
  return h(
    "details",
    { class: "sources" },
    h("summary", {}, word, h("span", { class: "source-titles" }, titles(citations))),
    h("ol", {}, citations.map(source)),
  );
}

function titles(citations) {
  return [...new Set(citations.map((citation) => citation.title).filter(Boolean))].join(" · ");
}

function source({ title, quote, path }) {
  return h(
    "li",
    {},
    h("p", { class: "source-title" }, title || "Untitled"),
    path && path !== title ? h("p", { class: "source-path" }, path) : null,
    quote ? h("blockquote", {}, quote) : null,
  );
}

/** A quiet line between messages: what happened, not what was said. */
export function eventItem(text, kind = "info") {
  return h("li", { class: "happening", "data-kind": kind }, h("span", {}, text));
}
