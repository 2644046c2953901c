/** The contact's side: one conversation, drawn from its event log and the live deltas between. */

import { byId, h, notify, notifyProblem, submitOnEnter } from "./dom.js";
import { eventItem, messageItem } from "./message.js";
import { EventStream } from "./stream.js";
import {
  colleague,
  CONNECTION,
  counted,
  howLearnt,
  problemInWords,
  reasonInWords,
} from "./words.js";

const TYPING_MS = 5_000;
/**
 * The chat panel. `onConversation(conversationId, contactName)` is told of every new one,
 * `onHandoff(handoffId)` of every request for a person.
 */
export class Chat {
  #api = null;
  #assistant = null;
  #conversationId = null;
  #stream = null;
  #unsent = new Map(); // client_message_id → the item that shows it
  #draft = null; // the answer that is being written: { item, bubble }
  #typingTimer = null;
  #announceAfter = 0;
  #creating = null; // the one request for a new conversation, however many messages wait for it
  #follows = true; // whoever has scrolled up is not pulled down
  #onConversation;
  #onHandoff;

  constructor({ onConversation, onHandoff }) {
    this.#onConversation = onConversation;
    this.#onHandoff = onHandoff;
    byId("chat-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    submitOnEnter(byId("chat-text"));
    byId("chat-new").addEventListener("click", () => {
      this.begin(this.#api, this.#assistant);
      byId("chat-text").focus();
    });
    byId("chat-log").addEventListener("click", ({ target }) => {
      const { actionId, replyTo } = target.dataset ?? {};
      if (actionId) this.#send(target.textContent, crypto.randomUUID(), { action_id: actionId, in_reply_to: replyTo });
    });
    byId("chat-retry").addEventListener("click", () => this.#stream?.retry());
    this.#watchScrolling(byId("chat-scroll"), byId("chat-log"));
  }

  /** Show an empty conversation with this assistant, or one that was begun before. */
  begin(api, assistant, { conversationId = null, contactName = null } = {}) {
    this.end();
    this.#api = api;
    this.#assistant = assistant;
    byId("chat-with").textContent = assistant.name;
    if (contactName) byId("chat-name").value = contactName;
    this.#announceAfter = performance.now() + (conversationId ? 1_500 : 0);
    this.#connection("idle");
    if (conversationId) this.#open(conversationId);
    else this.#onConversation(null, this.#contactName);
  }

  /** Stop listening and clear the panel. */
  end() {
    this.#stream?.stop();
    this.#stream = null;
    this.#conversationId = null;
    this.#creating = null;
    this.#unsent.clear();
    this.#draft = null;
    this.#follows = true;
    byId("chat-log").replaceChildren();
    byId("chat-empty").hidden = false;
    byId("chat-name").readOnly = false;
    notify(byId("chat-notice"), "");
    this.#waiting("");
    this.#progress("");
  }

  get #contactName() {
    return byId("chat-name").value.trim() || "Guest";
  }

  #open(conversationId) {
    this.#conversationId = conversationId;
    byId("chat-name").readOnly = true;
    this.#onConversation(conversationId, this.#contactName);
    this.#stream = new EventStream({
      path: `/v1/conversations/${conversationId}/events`,
      key: this.#api.key,
      fromStart: true,
      onEvent: (type, data) => this.#take(type, data),
      onOpen: () => this.#dropDraft(), // the server tells a running answer again from its start
      onState: (state, problem) => this.#connection(state, problem),
    }).start();
  }

  #submit() {
    const field = byId("chat-text");
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    notify(byId("chat-notice"), "");
    this.#send(text, crypto.randomUUID());
  }

  /** Show the message at once and send it; the same id again can never make a second turn. */
  async #send(text, clientMessageId, click = {}) {
    const item = messageItem({ author: "contact", text }, this.#names);
    item.dataset.state = "sending";
    this.#unsent.set(clientMessageId, item);
    this.#follows = true;
    this.#add(item);
    try {
      const conversationId = this.#conversationId ?? (await (this.#creating ??= this.#create()));
      const path = `/v1/conversations/${conversationId}/messages?wait=false`;
      await this.#api.post(path, { text, client_message_id: clientMessageId, ...click });
      notify(byId("chat-notice"), "");
    } catch (error) {
      if (!this.#unsent.has(clientMessageId)) return; // the log says that it arrived
      item.dataset.state = "unsent";
      const again = () => {
        item.remove();
        this.#send(text, clientMessageId, click);
      };
      item.append(
        h("p", { class: "unsent" }, "Not sent. ", h("button", { class: "link", onclick: again }, "Try again")),
      );
      notifyProblem(byId("chat-notice"), error);
    }
  }

  async #create() {
    const assistant = this.#assistant;
    try {
      const { conversation_id: conversationId } = await this.#api.post("/v1/conversations", {
        assistant_id: assistant.assistant_id,
        contact: { name: this.#contactName },
      });
      if (this.#creating && assistant === this.#assistant) this.#open(conversationId);
      return conversationId;
    } finally {
      this.#creating = null;
    }
  }

  /** One event of the conversation; kinds that this page does not know are ignored. */
  #take(type, data) {
    const handlers = {
      contact_message: () => this.#contactMessage(data),
      turn_started: () => this.#progress(data.kind === "resume" ? "" : "Reading the message"),
      intents: () => this.#progress(counted(data.intents, "question", "Looking up")),
      sources: () => this.#draft || this.#progress(counted(data.sources, "source", "Reading")),
      message_delta: () => this.#delta(data.text || ""),
      message: () => this.#message(data),
      handoff_requested: () => this.#handoff(data),
      operator_joined: () => this.#joined(colleague(data.operator?.name)),
      operator_message: () => this.#message({ ...data, author: "operator" }),
      handoff_resolved: () => this.#resolved(),
      knowledge_updated: () => this.#add(eventItem(howLearnt(data), "learnt")),
      approval_requested: () => this.#add(eventItem("A colleague was asked to approve an action.")),
      approval_resolved: () => this.#add(eventItem("The action was decided.")),
      turn_ended: () => this.#ended(data),
      typing: () => this.#typing(data),
      problem: () => notify(byId("chat-notice"), problemInWords(data)),
    };
    handlers[type]?.();
  }

  get #names() {
    return { you: this.#contactName, assistant: this.#assistant.name };
  }

  #contactMessage(message) {
    const shown = this.#unsent.get(message.client_message_id);
    this.#unsent.delete(message.client_message_id);
    const item = messageItem({ ...message, author: "contact" }, this.#names);
    if (shown) shown.replaceWith(item);
    else this.#add(item);
  }

  #delta(text) {
    if (!this.#draft) {
      const item = messageItem({ author: "assistant", text: "" }, this.#names);
      item.setAttribute("aria-busy", "true");
      this.#draft = { item, bubble: item.querySelector(".bubble") };
      this.#progress("");
      this.#add(item);
    }
    this.#draft.bubble.append(text);
    this.#follow();
  }

  #message(message) {
    const item = messageItem(message, this.#names);
    if (this.#draft && message.author === "assistant") {
      this.#draft.item.replaceWith(item); // the whole message takes the place of its deltas
      this.#draft = null;
      this.#follow();
    } else {
      this.#add(item);
    }
    this.#progress("");
    this.#announce(`${item.querySelector(".author").textContent}: ${message.text}`);
  }

  #handoff(data) {
    this.#add(eventItem(`Passed to a colleague: ${reasonInWords(data.reason).toLowerCase()}`));
    this.#waiting("A colleague has been asked and will answer here. You can keep writing.");
    this.#onHandoff(data.handoff_id);
  }

  #joined(name) {
    this.#add(eventItem(`${name} joined the conversation`));
    this.#waiting(`${name} has this conversation now. The assistant stays silent.`);
  }

  #resolved() {
    this.#add(eventItem("The colleague closed the request"));
    this.#waiting("");
  }

  #ended(data) {
    this.#progress("");
    if (data.status !== "failed") return;
    this.#dropDraft();
    this.#add(eventItem(problemInWords(data.problem), "error"));
  }

  #typing(data) {
    const author = data.author?.kind ?? data.author ?? (data.turn_id ? "assistant" : "");
    if (author === "contact" || this.#draft) return;
    this.#progress(author === "operator" ? "The colleague is writing" : "Reading");
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#progress(""), TYPING_MS);
  }

  #dropDraft() {
    this.#draft?.item.remove();
    this.#draft = null;
  }

  /** Put an item at the end; what is not sent yet stays below everything that is. */
  #add(item) {
    byId("chat-empty").hidden = true;
    byId("chat-log").append(item);
    if (item.classList.contains("happening")) this.#announce(item.textContent);
    this.#follow();
  }

  #watchScrolling(scroller, log) {
    let before = 0;
    scroller.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      if (!clientHeight) return; // another panel shows
      if (scrollTop < before) this.#follows = false;
      if (scrollHeight - scrollTop - clientHeight < 48) this.#follows = true;
      before = scrollTop;
    });
    log.addEventListener("click", (event) => {
      const opened = event.target.closest("summary");
      if (opened && !log.lastElementChild.contains(opened)) this.#follows = false;
    });
    const observer = new ResizeObserver(() => this.#follow());
    observer.observe(scroller);
    observer.observe(log);
  }

  #follow() {
    const scroller = byId("chat-scroll");
    if (this.#follows) scroller.scrollTop = scroller.scrollHeight;
  }

  #announce(text) {
    if (performance.now() < this.#announceAfter) return; // an old conversation is not read aloud
    byId("chat-announcer").append(h("p", {}, text));
  }

  #progress(text) {
    clearTimeout(this.#typingTimer);
    byId("chat-progress").hidden = !text;
    byId("chat-progress-text").textContent = text;
    if (text) this.#follow();
  }

  #waiting(text) {
    notify(byId("chat-waiting"), text, "waiting");
  }

  #connection(state, problem) {
    byId("chat-connection").dataset.state = state;
    byId("chat-connection-text").textContent = CONNECTION[state];
    byId("chat-retry").hidden = state !== "offline" && state !== "reconnecting";
    if (problem) notifyProblem(byId("chat-notice"), problem);
  }
}
