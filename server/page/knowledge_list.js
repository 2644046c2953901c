/** What the knowledge base holds: its documents, its versions, and what is staged. */

import { byId, h, notify, notifyProblem, timeAgo, whileBusy } from "./dom.js";

const SHOWN = 50;
const STATES = { staged: "staged", staged_deletion: "goes when published" };

/** The list below the knowledge form; `look` reads it again. */
export class KnowledgeList {
  #api = null;
  #path = null;

  constructor() {
    byId("documents-form").addEventListener("submit", (event) => {
      event.preventDefault();
      whileBusy(byId("documents-go"), () => this.look());
    });
    byId("versions-box").addEventListener("toggle", () => this.#lookAtVersions());
  }

  begin(api, path) {
    this.#api = api;
    this.#path = path;
    this.look();
  }

  end() {
    this.#api = null;
    byId("documents-form").reset();
    byId("document-list").replaceChildren();
    byId("version-list").replaceChildren();
    byId("versions-box").open = false;
    byId("staged").hidden = true;
    notify(byId("documents-notice"), "");
  }

  /** Read documents and staged changes again. */
  async look() {
    const api = this.#api;
    if (!api) return;
    try {
      const query = new URLSearchParams({ limit: String(SHOWN) });
      const words = byId("documents-query").value.trim();
      if (words) query.set("q", words);
      const [page, base] = await Promise.all([
        api.get(`${this.#path}/documents?${query}`),
        api.get(this.#path),
      ]);
      if (api !== this.#api) return;
      this.#showDocuments(page, words);
      this.#showStaged(base);
      if (byId("versions-box").open) await this.#lookAtVersions();
    } catch (error) {
      notifyProblem(byId("documents-notice"), error);
    }
  }

  #showDocuments(page, words) {
    byId("document-list").replaceChildren(...page.data.map((one) => this.#document(one)));
    const none = words ? "No document has these words in its title." : "Nothing yet.";
    notify(byId("documents-notice"), page.data.length ? "" : none, "info");
    byId("documents-more").hidden = !page.next_cursor;
  }

  #document(one) {
    const about = [
      one.kind,
      `${one.passages} ${one.passages === 1 ? "passage" : "passages"}`,
      STATES[one.state],
      one.active === false ? "switched off" : null,
      one.source_moved_on ? "its source has changed since a person edited it" : null,
    ];
    const remove = (event) =>
      whileBusy(event.currentTarget, async () => {
        if (!confirm(`Delete “${one.title}” for good, out of every version?`)) return;
        try {
          await this.#api.delete(`${this.#path}/documents/${one.document_id}`);
        } catch (error) {
          notifyProblem(byId("documents-notice"), error);
          return;
        }
        await this.look();
      });
    return h(
      "li",
      { class: "document" },
      h(
        "div",
        { class: "document-words" },
        h("p", { class: "document-title" }, one.title || "Untitled"),
        h("p", { class: "document-about" }, about.filter(Boolean).join(" · ")),
      ),
      h(
        "button",
        { type: "button", class: "link", "aria-label": `Delete ${one.title}`, onclick: remove },
        "Delete",
      ),
    );
  }

  #showStaged(base) {
    const open = base.staged_version !== null && base.staged_version !== undefined;
    byId("staged").hidden = !open;
    if (!open) return;
    byId("staged").replaceChildren(
      h("p", {}, "There are staged changes. Nobody is answered from them until they are published."),
      h(
        "div",
        { class: "actions" },
        this.#button("Publish", () => this.#api.post(`${this.#path}/versions`), "primary small"),
        this.#button("Discard", () => this.#api.delete(`${this.#path}/versions/staged`), "small"),
      ),
    );
  }

  async #lookAtVersions() {
    const api = this.#api;
    if (!api || !byId("versions-box").open) return;
    try {
      const [page, base] = await Promise.all([
        api.get(`${this.#path}/versions?limit=${SHOWN}`),
        api.get(this.#path),
      ]);
      const shown = page.data.filter((one) => one.state !== "discarded");
      byId("version-list").replaceChildren(...shown.map((one) => this.#version(one, base)));
    } catch (error) {
      notifyProblem(byId("documents-notice"), error);
    }
  }

  #version(one, base) {
    const isLive = one.version === base.version;
    const isStaged = one.state === "staged";
    return h(
      "li",
      { class: "document" },
      h(
        "div",
        { class: "document-words" },
        h("p", { class: "document-title" }, `Version ${one.version}`, isLive ? " (live)" : null),
        h(
          "p",
          { class: "document-about" },
          `${one.passages} passages · `,
          isStaged ? "staged" : timeAgo(one.created_at),
          one.note ? ` · ${one.note}` : null,
        ),
      ),
      isLive || isStaged
        ? null
        : this.#button("Go back to it", () =>
            this.#api.post(`${this.#path}/versions/${one.version}/restore`),
          ),
    );
  }

  #button(label, act, kind = "link") {
    const press = (event) =>
      whileBusy(event.currentTarget, async () => {
        try {
          await act();
        } catch (error) {
          notifyProblem(byId("documents-notice"), error);
          return;
        }
        await this.look();
      });
    return h("button", { type: "button", class: kind, onclick: press }, label);
  }
}
