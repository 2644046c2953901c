/** The knowledge box: add to the assistant's first knowledge base, and try what a search finds. */

import { byId, h, notify, notifyProblem, shareBar, whileBusy } from "./dom.js";
import { readJson } from "./json_field.js";

/** The knowledge panel of one assistant. */
export class Knowledge {
  #api = null;
  #knowledgeBaseId = null;

  constructor() {
    byId("knowledge-kind").addEventListener("change", () => this.#showKind());
    byId("knowledge-form").addEventListener("submit", (event) => {
      event.preventDefault();
      whileBusy(byId("knowledge-add"), () => this.#add());
    });
    byId("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      whileBusy(byId("search-go"), () => this.#search());
    });
    this.#showKind();
  }

  /** Work on this assistant's knowledge. */
  begin(api, assistant) {
    this.end();
    this.#api = api;
    this.#knowledgeBaseId = assistant.knowledge_base_ids?.[0] ?? null;
    byId("knowledge-box").disabled = !this.#knowledgeBaseId;
    if (!this.#knowledgeBaseId) {
      notify(byId("knowledge-notice"), "This assistant reads no knowledge base.");
    }
  }

  /** Forget the assistant and clear the panel. */
  end() {
    this.#api = null;
    byId("knowledge-form").reset();
    byId("search-form").reset();
    byId("search-results").replaceChildren();
    notify(byId("knowledge-notice"), "");
    notify(byId("search-notice"), "");
    this.#showKind();
  }

  get #kind() {
    return byId("knowledge-kind").value;
  }

  #showKind() {
    for (const group of document.querySelectorAll("#knowledge-form [data-kinds]")) {
      const shown = group.dataset.kinds.split(" ").includes(this.#kind);
      group.hidden = !shown;
      for (const field of group.querySelectorAll("input, textarea")) field.disabled = !shown;
    }
  }

  async #add() {
    const notice = byId("knowledge-notice");
    notify(notice, "");
    const document_ = this.#document(notice);
    if (!document_) return;
    try {
      const answer = await this.#api.post(this.#path("documents"), document_);
      await this.#api.finished(answer);
      notify(notice, "Added. The assistant can answer from it now.", "good");
      const kind = this.#kind;
      byId("knowledge-form").reset();
      byId("knowledge-kind").value = kind;
      this.#showKind();
    } catch (error) {
      notifyProblem(notice, error);
    }
    notice.scrollIntoView({ block: "nearest" });
  }

  /** What the form says, or null after telling what is wrong with it. */
  #document(notice) {
    const value = (id) => byId(id).value.trim();
    if (this.#kind === "qa") {
      return { question: value("knowledge-question"), answer: value("knowledge-answer") };
    }
    const title = value("knowledge-title");
    if (this.#kind === "text") return { title, text: value("knowledge-text") };
    const data = readJson(byId("knowledge-json"), notice);
    return data === undefined ? null : { title, data };
  }

  async #search() {
    const notice = byId("search-notice");
    const results = byId("search-results");
    notify(notice, "");
    try {
      const query = byId("search-query").value.trim();
      const found = await this.#api.post(this.#path("search"), { query, limit: 5 });
      results.replaceChildren(...found.data.map(result));
      if (!found.data.length) notify(notice, "Nothing in the knowledge comes near.", "info");
    } catch (error) {
      results.replaceChildren();
      notifyProblem(notice, error);
    }
  }

  #path(rest) {
    return `/v1/knowledge-bases/${this.#knowledgeBaseId}/${rest}`;
  }
}

function result({ title, text, score }) {
  return h(
    "li",
    {},
    h("p", { class: "source-title" }, title || "Untitled"),
    typeof score === "number" ? shareBar("Score", score) : null,
    h("p", { class: "clamped" }, text),
  );
}
