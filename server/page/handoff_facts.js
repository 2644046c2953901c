/** What is known around a handoff: how the conversation went, who asks, what they were promised. */

import { h } from "./dom.js";
import { plain } from "./words.js";

const AUTHORS = { contact: "Contact", assistant: "Assistant", operator: "Colleague" };
const SHOWN_ELSEWHERE = new Set(["contact_id", "details_given_by", "conversation_metadata", "metadata"]);

/** The last turns, a line each; every line names the turn it comes from. */
export function summaryLines({ summary_lines: said = [] }) {
  if (!said.length) return null;
  const turns = [...new Set(said.map((line) => line.turn_id))];
  return h(
    "details",
    { open: true },
    h("summary", {}, "In short ", h("span", { class: "quiet" }, `${turns.length} turns`)),
    h("ol", { class: "in-short" }, said.map((line) => summaryLine(line, turns))),
  );
}

function summaryLine({ turn_id: turnId, author, text, decision }, turns) {
  return h(
    "li",
    { "data-turn-id": turnId, title: `Turn ${turnId}` },
    h("span", { class: "turn-number" }, String(turns.indexOf(turnId) + 1)),
    h("strong", {}, AUTHORS[author] || plain(author)),
    h("span", {}, text),
    decision && decision !== "deliver" ? h("span", { class: "tag" }, plain(decision)) : null,
  );
}

/** Name, address, and whatever the tenant keeps of the contact. */
export function aboutTheContact({ contact = {}, key_facts: facts = [] }) {
  const told = { ...contact.conversation_metadata, ...contact.metadata };
  const known = Object.entries({ ...contact, ...told }).filter(
    ([key, value]) => !SHOWN_ELSEWHERE.has(key) && value !== null && typeof value !== "object",
  );
  if (!known.length && !facts.length) return null;
  return h(
    "details",
    {},
    h("summary", {}, "The contact"),
    h(
      "dl",
      { class: "facts" },
      known.flatMap(([key, value]) => [h("dt", {}, plain(key)), h("dd", {}, String(value))]),
      facts.flatMap((fact) => [h("dt", {}, "said"), h("dd", {}, fact)]),
    ),
  );
}

/** The promise that must be kept, and how the contact can be reached. */
export function whatWasPromised({ promised, contact_details: details, wants_details: wanted }) {
  const lines = [
    promised ? `Promised: ${promised.text}` : "",
    details ? `Reach them at ${Object.values(details).join(", ")}` : "",
    wanted ? "Asked for an e-mail address or telephone number; not given yet." : "",
  ].filter(Boolean);
  return lines.length
    ? h("div", { class: "lines" }, h("ul", {}, lines.map((line) => h("li", {}, line))))
    : null;
}
