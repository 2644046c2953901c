/** The operator's side: who waits for a person, why, and the answer that ends the wait. */

import { byId, h, notify, timeAgo } from "./dom.js";
import { HandoffView } from "./handoff.js";
import { EventStream } from "./stream.js";
import { Suggestions } from "./suggestions.js";
import { reasonInWords, textOf } from "./words.js";

const LOOK_AFTER_MS = 80; // several events of one moment make one look
const LOOK_EVERY_MS = 1_000; // a busy tenant does not use up its own request rate here
const LOOK_AGAIN_MS = 3_000; // after a look that failed

/** The operator panel; live through the tenant's inbox events. */
export class Operator {
  #api = null;
  #stream = null;
  #timer = null;
  #lookedAt = -LOOK_EVERY_MS;
  #handoffs = [];
  #view = null;
  #wanted = null; // the handoff of the conversation beside this panel, to be opened once listed
  #suggestions = new Suggestions();

  /** Follow this tenant's handoffs. */
  begin(api) {
    this.end();
    this.#api = api;
    this.#suggestions.begin(api);
    this.#stream = new EventStream({
      path: "/v1/inbox/events",
      key: api.key,
      onEvent: () => this.#lookSoon(),
      onOpen: () => this.#lookSoon(),
      onState: (state) => this.#connection(state),
    }).start();
  }

  /** Open this handoff, unless the operator is in the middle of another. */
  prefer(handoffId) {
    this.#wanted = handoffId;
    this.#lookSoon();
  }

  /** Stop listening and clear the panel. */
  end() {
    this.#stream?.stop();
    this.#stream = null;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#handoffs = [];
    this.#wanted = null;
    this.#close();
    this.#suggestions.end();
    byId("handoff-list").replaceChildren();
    this.#count(0);
    notify(byId("operator-notice"), "");
  }

  #connection(state) {
    const words = {
      reconnecting: "The list is being reconnected; it may be a moment behind.",
      offline: "The server cannot be reached; the list is not live at the moment.",
      refused: "This key may not see handoffs.",
    };
    notify(byId("operator-notice"), words[state] || "");
  }

  #lookSoon(waitMs = LOOK_AFTER_MS) {
    const rest = this.#lookedAt + LOOK_EVERY_MS - performance.now();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#lookedAt = performance.now();
        this.#look();
      },
      Math.max(waitMs, rest),
    );
  }

  async #look() {
    const api = this.#api;
    let waiting, active;
    try {
      [waiting, active] = await Promise.all([
        api.list("/v1/handoffs?status=waiting"),
        api.list("/v1/handoffs?status=active"),
      ]);
    } catch {
      if (api === this.#api && this.#stream) this.#lookSoon(LOOK_AGAIN_MS);
      return;
    }
    if (api !== this.#api || !this.#stream) return;
    this.#handoffs = [...waiting, ...active];
    this.#count(waiting.length);
    this.#draw();
    this.#suggestions.look();
    const shown = this.#view?.handoffId;
    const still = this.#handoffs.find((handoff) => handoff.handoff_id === shown);
    const wanted = this.#handoffs.find((handoff) => handoff.handoff_id === this.#wanted);
    if (wanted) this.#wanted = null;
    if (wanted && !this.#view?.isUnderWay) this.#select(wanted.handoff_id, { focus: false });
    else if (this.#view) this.#view.update(still ?? null);
    else if (this.#handoffs.length) this.#select(this.#handoffs[0].handoff_id, { focus: false });
  }

  #count(waiting) {
    const badge = byId("operator-count");
    badge.replaceChildren(String(waiting), h("span", { class: "visually-hidden" }, " waiting"));
    badge.hidden = !waiting;
  }

  #draw() {
    const list = byId("handoff-list");
    const focused = document.activeElement?.closest?.("#handoff-list button")?.dataset.id;
    list.replaceChildren(...this.#handoffs.map((handoff) => this.#row(handoff)));
    byId("handoff-none").hidden = this.#handoffs.length > 0;
    if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(handoff) {
    const id = handoff.handoff_id;
    const question = textOf((handoff.open_intents ?? [])[0]) || handoff.summary || "A conversation";
    return h(
      "li",
      {},
      h(
        "button",
        {
          class: "row",
          type: "button",
          "data-id": id,
          "aria-current": this.#view?.handoffId === id ? "true" : null,
          onclick: () => this.#select(id, { focus: true }),
        },
        h("span", { class: "row-title" }, question),
        h(
          "span",
          { class: "row-about" },
          h("span", { class: "tag", "data-status": handoff.status }, handoff.status),
          reasonInWords(handoff.reason),
          timeAgo(handoff.created_at),
        ),
      ),
    );
  }

  #select(handoffId, { focus }) {
    const handoff = this.#handoffs.find((one) => one.handoff_id === handoffId);
    if (!handoff) return;
    if (this.#view?.handoffId !== handoffId) {
      this.#close();
      this.#view = new HandoffView(this.#api, handoff, {
        onChange: () => this.#lookSoon(),
        onClose: () => {
          this.#close();
          this.#draw();
          this.#lookSoon();
        },
      });
      byId("handoff-detail").replaceChildren(this.#view.element);
    }
    this.#draw();
    if (focus) this.#view.focus();
  }

  #close() {
    this.#view = null;
    byId("handoff-detail").replaceChildren();
  }
}
