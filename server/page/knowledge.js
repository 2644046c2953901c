/** The knowledge box: add to the assistant's first knowledge base, and try what a search finds. */

import { byId, h, notify, notifyProblem, shareBar, whileBusy } from "./dom.js";
import { followJob } from "./job_progress.js";
import { readJson } from "./json_field.js";
import { KnowledgeList } from "./knowledge_list.js";

/** The knowledge panel of one assistant. */
export class Knowledge {
  #api = null;
  #knowledgeBaseId = null;
  #list = new KnowledgeList();

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
      return;
    }
    this.#list.begin(api, `/v1/knowledge-bases/${this.#knowledgeBaseId}`);
  }

  /** Forget the assistant and clear the panel. */
  end() {
    this.#api = null;
    this.#list.end();
    byId("knowledge-form").reset();
    byId("knowledge-job").replaceChildren();
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
    const body = this.#document(notice);
    if (!body) return;
    const stage = byId("knowledge-stage").checked;
    byId("knowledge-job").replaceChildren();
    try {
      const answer = await this.#api.post(this.#path(`documents${stage ? "?stage=true" : ""}`), body);
      const job = answer.job_id
        ? await followJob(this.#api, answer.job_id, byId("knowledge-job"))
        : { status: "succeeded", errors: [] };
      tell(notice, job, stage);
      showDuplicates(byId("knowledge-job"), job.result ?? answer);
      if (job.status === "succeeded") this.#clear();
    } catch (error) {
      notifyProblem(notice, error);
    }
    notice.scrollIntoView({ block: "nearest" });
    await this.#list.look();
  }

  #clear() {
    const kind = this.#kind;
    byId("knowledge-form").reset();
    byId("knowledge-kind").value = kind;
    this.#showKind();
  }

  /** What the form says, or null after telling what is wrong with it. */
  #document(notice) {
    const value = (id) => byId(id).value.trim();
    if (this.#kind === "qa") {
      return { question: value("knowledge-question"), answer: value("knowledge-answer") };
    }
    if (this.#kind === "url") return { url: value("knowledge-url") };
    if (this.#kind === "file") {
      const form = new FormData();
      for (const file of byId("knowledge-files").files) form.append("file", file);
      return form;
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

/** What came of it, in one sentence. */
function tell(notice, job, stage) {
  if (job.status === "cancelled") {
    notify(notice, "Stopped. Nothing was added.", "info");
  } else if (job.status === "failed") {
    notify(notice, "It could not be added.");
  } else if (stage) {
    notify(notice, "Staged. Publish it below, when it is right.", "good");
  } else {
    notify(notice, "Added. The assistant can answer from it now.", "good");
  }
}

/** Entries that say what another says already, for a person to look at. */
function showDuplicates(place, result) {
  const pairs = result?.duplicates ?? [];
  if (!pairs.length) return;
  const more = (result.more_duplicates ?? 0) + Math.max(0, pairs.length - 5);
  place.append(
    h("p", { class: "job-refused" }, "Said already, or nearly so:"),
    h(
      "ul",
      { class: "job-twins" },
      ...pairs.slice(0, 5).map(({ new: added, existing, match }) =>
        h("li", {}, `${added.title}: ${match === "identical" ? "the same as" : "close to"} “${existing.title}”`),
      ),
      more ? h("li", {}, `and ${more} more`) : null,
    ),
  );
  place.hidden = false;
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
