/** The way in: a key, a new tenant, an assistant to talk to or a new one made from JSON. */

import { Api } from "./api.js";
import { byId, h, notify, notifyProblem, whileBusy } from "./dom.js";
import { readJson } from "./json_field.js";
import { SAMPLE } from "./sample.js";

/** The two set-up screens; `onConnected(api, assistants)` and `onAssistant(assistant)` lead on. */
export class Setup {
  #api = null;
  #onConnected;
  #onAssistant;

  constructor({ onConnected, onAssistant }) {
    this.#onConnected = onConnected;
    this.#onAssistant = onAssistant;
    on("connect-form", "connect-go", () => this.connect(byId("connect-key").value.trim()));
    on("tenant-form", "tenant-go", () => this.#createTenant());
    on("assistant-form", "assistant-go", () => this.#createAssistant());
    byId("assistant-example").addEventListener("click", () => fillExample());
    byId("assistant-file").addEventListener("change", (event) => readFile(event.target));
    byId("new-key-copy").addEventListener("click", () => this.#copyKey());
  }

  /** Try a key; true when it opens a tenant. */
  async connect(key) {
    const notice = byId("connect-notice");
    notify(notice, "");
    if (!/^[\x21-\x7e]+$/.test(key)) {
      notify(notice, "An API key has no spaces; it begins with fd_.");
      return false;
    }
    const api = new Api(key);
    try {
      const assistants = await api.list("/v1/assistants");
      this.#api = api;
      byId("connect-key").value = "";
      this.#onConnected(api, assistants);
      return true;
    } catch (error) {
      if (error.status === 403 && !key.startsWith("fd_")) {
        notify(notice, "That looks like the platform key. Use it below, to create a tenant.");
        byId("tenant-box").open = true;
      } else {
        notifyProblem(notice, error);
      }
      return false;
    }
  }

  /** Offer these assistants and the form for a new one. */
  choose(assistants) {
    const list = byId("assistant-list");
    list.replaceChildren(...assistants.map((one) => this.#choice(one)));
    byId("assistant-choice").hidden = !assistants.length;
    notify(byId("assistant-notice"), "");
  }

  #choice(assistant) {
    const about = assistant.persona?.name;
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "row", onclick: () => this.#onAssistant(assistant) },
        h("span", { class: "row-title" }, assistant.name),
        about && about !== assistant.name ? h("span", { class: "row-about" }, about) : null,
      ),
    );
  }

  async #createTenant() {
    const notice = byId("tenant-notice");
    notify(notice, "");
    try {
      const platform = new Api(byId("tenant-key").value.trim());
      const tenant = await platform.post("/v1/tenants", { name: byId("tenant-name").value.trim() });
      byId("tenant-form").reset();
      byId("tenant-box").open = false;
      if (await this.connect(tenant.api_key)) {
        byId("new-key").hidden = false;
        byId("new-key-value").textContent = tenant.api_key;
      }
    } catch (error) {
      notifyProblem(notice, error);
    }
  }

  async #copyKey() {
    try {
      await navigator.clipboard.writeText(byId("new-key-value").textContent);
      byId("new-key-copy").textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("new-key-value")); // to be copied by hand
    }
  }

  async #createAssistant() {
    const notice = byId("assistant-notice");
    notify(notice, "");
    const knowledge = readJson(byId("assistant-json"), notice);
    if (knowledge === undefined) return;
    try {
      const name = byId("assistant-name").value.trim();
      const made = await this.#api.post("/v1/assistants", { name, knowledge });
      const assistant = await this.#api.finished(made, {
        onProgress: ({ done, total }) =>
          notify(notice, `Reading the knowledge: ${done ?? 0} of ${total ?? "…"}`, "info"),
      });
      byId("assistant-form").reset();
      notify(notice, "");
      this.#onAssistant(assistant);
    } catch (error) {
      notifyProblem(notice, error);
    }
  }
}

function on(formId, buttonId, action) {
  byId(formId).addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(byId(buttonId), action);
  });
}

function fillExample() {
  byId("assistant-name").value = SAMPLE.name;
  byId("assistant-json").value = JSON.stringify(SAMPLE.knowledge, null, 2);
  byId("assistant-json").setAttribute("aria-invalid", "false");
  notify(byId("assistant-notice"), "");
}

async function readFile(input) {
  const [file] = input.files;
  if (!file) return;
  byId("assistant-json").value = await file.text();
  if (!byId("assistant-name").value) byId("assistant-name").value = file.name.replace(/\.json$/i, "");
  input.value = "";
}
