/** Small tools for the page's elements. Data only ever becomes text nodes, never markup. */

import { sentence } from "./words.js";

/** An element with attributes, listeners (`onclick: …`) and children; null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The element of the page with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Show one message in a `.notice` element, as an error or as good news; empty text hides it. */
export function notify(notice, text, kind = "error") {
  notice.replaceChildren(...(text ? [text] : []));
  notice.dataset.kind = kind;
  notice.hidden = !text;
}

/** Show in words what went wrong: the problem's title and detail, or the error's own message. */
export function notifyProblem(notice, error) {
  if (error.name === "AbortError") return;
  const title = error.title || "Something went wrong in this page";
  notice.replaceChildren(h("strong", {}, sentence(title)), " ", sentence(error.detail || error.message));
  notice.dataset.kind = "error";
  notice.hidden = false;
}

/** Run an action while its button shows that it is busy; a second click meanwhile does nothing. */
export async function whileBusy(button, action) {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  try {
    return await action();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Submit a form by Enter (Shift+Enter is a new line), but not while an input method composes. */
export function submitOnEnter(textarea) {
  textarea.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    textarea.form.requestSubmit();
  });
}

/** A bar for a share between 0 and 1, with its number beside it. */
export function shareBar(label, share) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  const fill = h("span", { class: "bar-fill" });
  fill.style.setProperty("width", `${percent}%`);
  return h(
    "span",
    { class: "share" },
    h("span", { class: "share-label" }, label),
    h(
      "span",
      {
        class: "bar",
        role: "meter",
        "aria-label": label,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        "aria-valuenow": percent,
      },
      fill,
    ),
    h("span", { class: "share-number" }, `${percent} %`),
  );
}

/** When something happened, as a person says it. */
export function timeAgo(moment) {
  const then = new Date(moment);
  if (Number.isNaN(then.getTime())) return null;
  const seconds = Math.round((Date.now() - then.getTime()) / 1000);
  let words = "just now";
  if (seconds >= 86_400) words = then.toLocaleDateString();
  else if (seconds >= 3_600) words = `${Math.floor(seconds / 3_600)} h ago`;
  else if (seconds >= 60) words = `${Math.floor(seconds / 60)} min ago`;
  return h("time", { datetime: then.toISOString(), title: then.toLocaleString() }, words);
}
