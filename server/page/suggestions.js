/** Answers of operators, and questions nobody could answer, that wait to be made knowledge. */

import { byId, h, notify, notifyProblem, whileBusy } from "./dom.js";

/** The list of open suggestions, each to approve or dismiss. */
export class Suggestions {
  #api = null;
  #shown = "";
  #mayLook = true; // a key without the knowledge right is asked once

  begin(api) {
    this.#api = api;
    this.#mayLook = true;
  }

  end() {
    this.#api = null;
    this.#show([]);
    notify(byId("suggestions-notice"), "");
  }

  /** Read the list again. */
  async look() {
    const api = this.#api;
    if (!this.#mayLook) return;
    try {
      const open = await api.list("/v1/knowledge-suggestions?status=open");
      if (api === this.#api) this.#show(open);
    } catch (error) {
      this.#mayLook = error.status !== 403; // a broken line is told by the stream
    }
  }

  #show(open) {
    const ids = open.map((suggestion) => suggestion.suggestion_id).join();
    if (ids === this.#shown) return; // nothing new: focus stays where it is
    this.#shown = ids;
    byId("suggestions").hidden = !open.length;
    byId("suggestion-list").replaceChildren(...open.map((one) => this.#item(one)));
  }

  #item(suggestion) {
    const answer =
      suggestion.answer === null
        ? h("textarea", { rows: 2, "aria-label": `Answer to: ${suggestion.question}` })
        : null;
    const decide = (verb, told) => (event) =>
      whileBusy(event.currentTarget, async () => {
        const notice = byId("suggestions-notice");
        try {
          const path = `/v1/knowledge-suggestions/${suggestion.suggestion_id}/${verb}`;
          const typed = verb === "approve" && answer?.value.trim();
          await (typed ? this.#api.post(path, { answer: typed }) : this.#api.post(path));
          notify(notice, told, "good");
        } catch (error) {
          notifyProblem(notice, error);
        }
        await this.look();
      });
    return h(
      "li",
      { class: "suggestion" },
      h("p", { class: "suggestion-question" }, suggestion.question),
      suggestion.asked ? h("p", { class: "hint" }, asked(suggestion)) : "",
      answer ?? h("p", {}, suggestion.answer),
      ...suggestion.near.filter((one) => one.match !== "related").map(near),
      h(
        "div",
        { class: "actions" },
        h(
          "button",
          {
            type: "button",
            class: "primary small",
            onclick: decide("approve", "Approved. The assistant knows it from now on."),
          },
          "Approve",
        ),
        h(
          "button",
          { type: "button", class: "small", onclick: decide("dismiss", "Dismissed.") },
          "Dismiss",
        ),
      ),
    );
  }
}

function asked({ asked, contacts }) {
  const times = asked === 1 ? "once" : `${asked} times`;
  return contacts > 1 ? `Asked ${times} by ${contacts} people.` : `Asked ${times}.`;
}

/** An entry that is there already and may say the same. */
function near(entry) {
  return h("p", { class: "hint" }, `Already there: “${entry.question ?? entry.title}”`);
}
