/** The page's frame: which screen shows, which assistant is meant, and what a reload brings back. */

import { Chat } from "./chat.js";
import { byId } from "./dom.js";
import { Knowledge } from "./knowledge.js";
import { Operator } from "./operator.js";
import { Setup } from "./setup.js";

const WIDE = matchMedia("(min-width: 60rem)");
const KEPT = "frontdesk"; // sessionStorage: gone with the tab

const chat = new Chat({
  onConversation: (conversationId, contactName) => keep({ conversationId, contactName }),
  onHandoff: (handoffId) => operator.prefer(handoffId),
});
const operator = new Operator();
const knowledge = new Knowledge();
const setup = new Setup({ onConnected: connected, onAssistant: talkTo });
let api = null;
let assistants = [];

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function keep(changes) {
  sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...changes }));
}

/** A key opened a tenant: go on where this tab was, or choose an assistant. */
function connected(newApi, found) {
  api = newApi;
  assistants = found;
  const before = kept();
  if (before.key !== api.key) {
    sessionStorage.removeItem(KEPT);
    keep({ key: api.key });
  }
  operator.begin(api);
  byId("whereabouts").hidden = false;
  const same = assistants.find((one) => one.assistant_id === kept().assistantId);
  if (same) talkTo(same);
  else choose();
}

function choose() {
  byId("new-key").hidden = true;
  setup.choose(assistants);
  show("assistant");
  byId("assistant-heading").focus();
}

/** Talk to this assistant, in the conversation of before if this tab had one with it. */
function talkTo(assistant) {
  if (!assistants.some((one) => one.assistant_id === assistant.assistant_id)) {
    assistants.push(assistant);
  }
  const before = kept();
  const again = before.assistantId === assistant.assistant_id ? before : {};
  keep({ assistantId: assistant.assistant_id });
  byId("whereabouts-name").textContent = assistant.name;
  chat.begin(api, assistant, again);
  knowledge.begin(api, assistant);
  show("desk");
  view(WIDE.matches ? "operator" : "chat");
  byId("chat-text").focus();
}

function disconnect() {
  sessionStorage.removeItem(KEPT);
  chat.end();
  operator.end();
  knowledge.end();
  api = null;
  byId("whereabouts").hidden = true;
  byId("new-key").hidden = true;
  show("connect");
  byId("connect-key").focus();
}

function show(stage) {
  document.body.dataset.stage = stage;
  for (const screen of document.querySelectorAll("[data-screen]")) {
    screen.hidden = screen.dataset.screen !== stage;
  }
  byId("switch").hidden = stage !== "desk";
  window.scrollTo(0, 0);
}

/** On a phone one of three panels shows; on a wide screen the chat stays beside the other two. */
function view(name) {
  byId("desk").dataset.view = name;
  for (const button of document.querySelectorAll("#views button")) {
    button.setAttribute("aria-current", String(button.dataset.view === name));
  }
}

/** A key in the address (`/#key=fd_…`) is taken and removed, so that it is not shared by accident. */
function keyFromAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) history.replaceState(null, "", location.pathname + location.search);
  return key;
}

async function begin() {
  const key = keyFromAddress() ?? kept().key;
  if (key && (await setup.connect(key))) return;
  show("connect");
  byId("connect-key").focus();
}

for (const button of document.querySelectorAll("#views button")) {
  button.addEventListener("click", () => view(button.dataset.view));
}
WIDE.addEventListener("change", () => {
  if (WIDE.matches && byId("desk").dataset.view === "chat") view("operator");
});
byId("switch").addEventListener("click", choose);
byId("disconnect").addEventListener("click", disconnect);
window.addEventListener("hashchange", begin);
begin();
