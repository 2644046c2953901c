/** The elements of a handoff's detail, by name; what they do is in `handoff.js`. */

import { h, shareBar, timeAgo } from "./dom.js";
import { aboutTheContact, summaryLines, whatWasPromised } from "./handoff_facts.js";
import { languageInWords, reasonInWords, textOf } from "./words.js";

/** Everything to see and fill in; `on` holds the listeners claim, say, resolve, close, useDraft. */
export function handoffParts(handoff, on) {
  const intents = handoff.open_intents ?? [];
  const asked = intents.map(textOf).filter(Boolean);
  // an entry must stand alone, so it begins with the resolved form: "it" has become the thing meant
  const standalone = intents.map((intent) => intent.query || textOf(intent)).join(" ");
  const p = {
    status: h("span", { class: "tag" }),
    title: h("h3", { tabindex: "-1" }, asked[0] || "Handoff"),
    claim: h("button", { type: "button", class: "primary", onclick: on.claim }, "Claim"),
    notice: h("p", { class: "notice", role: "status", hidden: true }),
    transcript: h("ol", { class: "transcript" }),
    whole: h("div", { class: "whole" }, ...onlyInTheWhole(handoff)),
    transcriptCount: h("span", { class: "quiet" }),
    reply: h("textarea", { id: "handoff-reply", rows: 4, maxlength: 8000 }),
    learn: h("input", { type: "checkbox", id: "handoff-learn" }),
    question: h("textarea", { id: "handoff-question", rows: 2, value: standalone }),
    answer: h("textarea", { id: "handoff-answer", rows: 3 }),
    back: h("input", { type: "checkbox", id: "handoff-back", checked: true }),
    resolve: h("button", { class: "primary" }, "Resolve"),
    done: h("button", { type: "button", hidden: true, onclick: on.close }, "Close"),
  };
  p.entry = h(
    "div",
    { class: "entry", hidden: true },
    h("label", { for: "handoff-question" }, "Question"),
    p.question,
    h("label", { for: "handoff-answer" }, "Answer"),
    p.answer,
    h("p", { class: "hint" }, "Names, addresses and numbers of persons are taken out first."),
  );
  p.form = form(p, handoff.drafts ?? [], on);
  p.element = h(
    "article",
    { class: "handoff", "aria-label": "Handoff" },
    h(
      "header",
      {},
      h(
        "p",
        { class: "row-about" },
        p.status,
        handoff.priority === "high" ? h("span", { class: "tag", "data-status": "failed" }, "urgent") : null,
        reasonInWords(handoff.reason),
        timeAgo(handoff.created_at),
      ),
      p.title,
    ),
    tags(handoff),
    whatWasPromised(handoff),
    asked.length > 1 ? lines("Open questions", asked) : null,
    summaryLines(handoff),
    handoff.answered?.length ? lines("Answered already", handoff.answered.map(textOf)) : null,
    h("details", {}, h("summary", {}, "Conversation so far ", p.transcriptCount), p.transcript),
    p.whole,
    p.claim,
    p.form,
    p.notice,
    p.done,
  );
  return p;
}

function lines(heading, texts) {
  return h(
    "div",
    { class: "lines" },
    h("p", { class: "hint" }, heading),
    h("ul", { "aria-label": heading }, texts.map((text) => h("li", {}, text))),
  );
}

/** What the list of handoffs leaves out: who asks, and the texts of the passages. */
export function onlyInTheWhole(handoff) {
  return [aboutTheContact(handoff), passagesTried(handoff)].filter(Boolean);
}

/** Rule, mood and language, each as a tag. */
function tags({ rule, sentiment, language }) {
  const mood = { negative: "Sounds upset", positive: "Sounds pleased" }[sentiment];
  const shown = [rule ? `Rule: ${rule}` : "", mood, languageInWords(language)].filter(Boolean);
  return shown.length
    ? h("p", { class: "row-about" }, shown.map((text) => h("span", { class: "tag" }, text)))
    : null;
}

function passagesTried({ passages = [], tried = [] }) {
  const queries = tried.map(textOf).filter(Boolean);
  return h(
    "details",
    {},
    h("summary", {}, "Passages tried ", h("span", { class: "quiet" }, String(passages.length))),
    queries.length ? h("p", { class: "hint" }, `Looked up: ${queries.join(" · ")}`) : null,
    passages.length
      ? h("ol", { class: "passages" }, passages.map(passage))
      : h("p", { class: "hint" }, "Nothing in the knowledge came near."),
  );
}

function passage({ title, text, quote, score }) {
  return h(
    "li",
    {},
    h("p", { class: "source-title" }, title || "Untitled"),
    typeof score === "number" ? shareBar("Score", score) : null,
    h("p", { class: "clamped" }, text || quote || ""),
  );
}

function form(p, drafts, on) {
  return h(
    "form",
    { class: "reply", onsubmit: on.resolve },
    drafts.length
      ? h(
          "div",
          { class: "drafts", role: "group", "aria-label": "Drafts" },
          h("p", { class: "hint" }, "Drafts to begin with"),
          drafts.map((draft) => draftButton(textOf(draft), on)),
        )
      : null,
    h("label", { for: "handoff-reply" }, "Reply to the contact"),
    p.reply,
    h("label", { class: "check" }, p.learn, h("span", {}, "Add to knowledge")),
    p.entry,
    h("label", { class: "check" }, p.back, h("span", {}, "Return the conversation to the assistant")),
    h(
      "div",
      { class: "actions" },
      p.resolve,
      h("button", { type: "button", onclick: on.say }, "Send message only"),
    ),
  );
}

function draftButton(text, on) {
  return h("button", { type: "button", class: "draft", onclick: () => on.useDraft(text) }, text);
}
