/** The frame's start: who it is for, which page holds it, how large it may be. */

import { render } from "preact";
import { Frontdesk } from "../../../client/src/frontdesk";
import { inkOn, readableOn } from "../../../shared/contrast";
import { type FromFrame, type Happenings, MARK, PHONE_WIDTH, READY, type ToFrame } from "../protocol";
import { App } from "./app";
import { Desk } from "./desk";
import "./frame.css";
import { directionOf, textsFor } from "./texts/texts";
import { type Brand, GivenContext } from "./use";

const CLOSED_PX = 96;
const LABELLED_PX = 280;
const OPEN: [number, number] = [440, 760];

let brand = JSON.parse(document.getElementById("frame-data")?.textContent ?? "null") as Brand;
const isFramed = window.parent !== window;
let pageLanguage = navigator.language;
let isGreeted = false; // by the page that holds it
const { port1: line, port2: linesEnd } = new MessageChannel();

function say(message: FromFrame): void {
  // sizes are no secret; what was said goes to a page that said hello alone
  if (isFramed && (isGreeted || message.frontdesk !== "happened")) line.postMessage(message);
}

const client = new Frontdesk({ url: location.origin, assistantId: brand.assistant_id });
const desk = new Desk(client, (name, detail) =>
  say({ frontdesk: "happened", name, detail: detail as Happenings[keyof Happenings] }),
);

function resize(): void {
  const { isOpen } = desk.view;
  document.documentElement.dataset.open = String(isOpen);
  const [width, height] = isOpen ? OPEN : [brand.launcher ? LABELLED_PX : CLOSED_PX, CLOSED_PX];
  say({ frontdesk: "size", width, height, full: isOpen, side: brand.position });
}

function paint(): void {
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = brand.theme === "dark" || (brand.theme === "auto" && wantsDark.matches);
  const root = document.documentElement;
  root.dataset.theme = isDark ? "dark" : "light";
  root.style.setProperty("--accent", brand.accent);
  root.style.setProperty("--on-accent", inkOn(brand.accent));
  root.style.setProperty("--accent-ink", readableOn(brand.accent, isDark ? "#1b1e1d" : "#ffffff"));
}

function draw(): void {
  const { language, texts } = textsFor(pageLanguage, navigator.language, brand.language);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  const root = document.getElementById("root") as HTMLElement;
  render(
    <GivenContext.Provider value={{ desk, brand, texts, language }}>
      <App />
    </GivenContext.Provider>,
    root,
  );
}

addEventListener("message", (event: MessageEvent) => {
  if (event.source !== parent || !isFramed) return;
  const said = event.data as ToFrame | null;
  if (typeof said !== "object" || said === null || !(MARK in said)) return;
  const comes = !isGreeted;
  isGreeted = true;
  if (said.frontdesk === "hello") {
    // filling the screen it would cover the page that somebody comes to in a new tab, by a source's link
    if (comes && said.width <= PHONE_WIDTH) desk.foldElsewhere();
    document.documentElement.dataset.side = brand.position;
    document.documentElement.dataset.full = String(said.width <= PHONE_WIDTH);
    pageLanguage = said.language;
    draw();
    resize();
  } else if (said.frontdesk === "open") desk.open();
  else if (said.frontdesk === "show") desk.open(false);
  else if (said.frontdesk === "close") desk.close();
  else if (said.frontdesk === "identify") desk.identify(said.token);
  else if (said.frontdesk === "brand" && event.origin === location.origin) {
    brand = { ...brand, ...said.brand };
    document.documentElement.dataset.side = brand.position;
    paint();
    draw();
  }
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
paint();
let wasOpen: boolean | null = null;
desk.subscribe(() => {
  if (desk.view.isOpen !== wasOpen) resize();
  wasOpen = desk.view.isOpen;
});
desk.begin();
if (isFramed) parent.postMessage(READY, "*", [linesEnd]);
else {
  desk.open();
  draw();
  resize();
}
