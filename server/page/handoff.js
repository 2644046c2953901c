/** One handoff as the operator works on it: what is known, the reply, and what becomes knowledge. */

import { notify, notifyProblem, whileBusy } from "./dom.js";
import { handoffParts, onlyInTheWhole } from "./handoff_parts.js";
import { messageItem } from "./message.js";

/** The detail of a handoff. It is drawn once; `update` changes only what moves. */
export class HandoffView {
  #api;
  #handoff;
  #parts;
  #onChange;
  #entryTouched = false;
  #touched = false;

  constructor(api, handoff, { onChange, onClose }) {
    this.#api = api;
    this.#handoff = handoff;
    this.#onChange = onChange;
    this.#parts = handoffParts(handoff, {
      claim: (event) => this.#act(event.currentTarget, () => this.#claim()),
      say: (event) => this.#act(event.currentTarget, () => this.#say()),
      resolve: (event) => {
        event.preventDefault();
        this.#act(this.#parts.resolve, () => this.#resolve());
      },
      close: onClose,
      useDraft: (text) => this.#useDraft(text),
    });
    const { reply, learn, entry, answer } = this.#parts;
    this.#parts.element.addEventListener("input", () => (this.#touched = true));
    reply.addEventListener("input", () => this.#mirror());
    answer.addEventListener("input", () => (this.#entryTouched = true));
    learn.addEventListener("change", () => {
      entry.hidden = !learn.checked;
      this.#mirror();
    });
    this.#show(handoff);
    this.#readTranscript();
    this.#readWhole();
  }

  get handoffId() {
    return this.#handoff.handoff_id;
  }

  get element() {
    return this.#parts.element;
  }

  /** Has the operator begun to work here? */
  get isUnderWay() {
    return this.#touched && this.#handoff.status !== "resolved";
  }

  /** Bring the operator to this handoff. */
  focus() {
    this.#touched = true;
    this.#parts.title.focus({ preventScroll: true });
    this.#parts.element.scrollIntoView({ block: "nearest" });
  }

  /** The handoff as the list has it now; null when it is no longer open. */
  async update(handoff) {
    if (!handoff && this.#handoff.status !== "resolved") {
      try {
        this.#show(await this.#api.get(`/v1/handoffs/${this.handoffId}`));
      } catch {
        return; // the next look tries again
      }
    } else if (handoff) {
      this.#show(handoff);
    }
    await this.#readTranscript();
  }

  #show(handoff) {
    this.#handoff = handoff;
    const { status, claim, form, done } = this.#parts;
    status.textContent = handoff.status;
    status.dataset.status = handoff.status;
    claim.hidden = handoff.status !== "waiting";
    form.hidden = handoff.status === "resolved";
    done.hidden = handoff.status !== "resolved";
  }

  async #act(button, action) {
    const { notice } = this.#parts;
    this.#touched = true;
    await whileBusy(button, async () => {
      notify(notice, "");
      try {
        await action();
      } catch (error) {
        notifyProblem(notice, error);
      }
      this.#onChange();
    });
  }

  async #claim() {
    this.#show({ ...this.#handoff, ...(await this.#post("claim")) });
    this.#parts.reply.focus();
  }

  async #say() {
    const { reply, notice } = this.#parts;
    const text = reply.value.trim();
    if (!text) return notify(notice, "Write something first.");
    await this.#post("messages", { text });
    reply.value = "";
    this.#mirror();
    reply.focus();
    return this.#readTranscript();
  }

  async #resolve() {
    const { reply, learn, question, answer, back, notice, title } = this.#parts;
    const words = reply.value.trim();
    const entry = { question: question.value.trim(), answer: answer.value.trim() };
    if (learn.checked && !(entry.question && entry.answer)) {
      return notify(notice, "An entry for the knowledge needs a question and an answer.");
    }
    const decided = {
      add_to_knowledge: learn.checked ? entry : false,
      return_to_assistant: back.checked,
    };
    if (words) decided.reply = words;
    const { learnt } = await this.#post("resolve", decided);
    this.#show({ ...this.#handoff, status: "resolved" });
    notify(notice, whatBecameOfIt(learn.checked, learnt), "good");
    return title.focus({ preventScroll: true });
  }

  #post(verb, body = {}) {
    return this.#api.post(`/v1/handoffs/${this.handoffId}/${verb}`, body);
  }

  #useDraft(text) {
    this.#touched = true;
    this.#parts.reply.value = text;
    this.#mirror();
    this.#parts.reply.focus();
  }

  /** The entry's answer is what the contact is told, until the operator words it otherwise. */
  #mirror() {
    const { reply, answer } = this.#parts;
    if (!this.#entryTouched) answer.value = reply.value;
  }

  async #readWhole() {
    try {
      const whole = await this.#api.get(`/v1/handoffs/${this.handoffId}`);
      this.#parts.whole.replaceChildren(...onlyInTheWhole(whole));
    } catch {
      // what the list said of it stands there already
    }
  }

  async #readTranscript() {
    try {
      const path = `/v1/conversations/${this.#handoff.conversation_id}/messages`;
      const messages = await this.#api.list(path);
      const items = messages.map((message) =>
        messageItem(
          { ...message, content: [], intents: [], citations: [], confidence: null },
          { you: "Contact" },
        ),
      );
      this.#parts.transcript.replaceChildren(...items);
      this.#parts.transcriptCount.textContent = String(items.length);
    } catch {
      // a key without the right to read conversations still may answer
    }
  }
}

/** After a resolve: was the answer learnt, or does it wait for somebody's approval? */
function whatBecameOfIt(asked, learnt) {
  if (!asked) return "Resolved. Nothing was added to the knowledge.";
  if (learnt?.kind === "entry") {
    return "Resolved, and the answer is in the knowledge now. Ask again to see it.";
  }
  if (learnt) return "Resolved. The answer is suggested for the knowledge: approve it below.";
  return "Resolved. The answer is still on its way into the knowledge.";
}
