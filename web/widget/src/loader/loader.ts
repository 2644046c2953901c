/** The one script that a site adds: a frame in the corner of its page, and `Frontdesk` to steer it. */

import { type FromFrame, type Happenings, PHONE_WIDTH, type ToFrame } from "../protocol";

type Name = keyof Happenings;
type Listener = (detail: never) => void;

const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";

function load(script: HTMLScriptElement | null): void {
  const page = window as unknown as { Frontdesk?: unknown };
  const assistant = script?.dataset.assistant;
  if (!script || !assistant || page.Frontdesk) return;
  const desk = new URL(script.src).origin;
  const frame = document.createElement("iframe");
  const listeners: { [name: string]: Listener[] } = {};
  const waiting: ToFrame[] = [];
  let isReady = false;

  const look = (styles: { [property: string]: string }) => {
    // as important as a style can be: no rule of the site's can move or hide the frame
    for (const name of Object.keys(styles))
      frame.style.setProperty(name, styles[name] as string, "important");
  };
  const say = (message: ToFrame) => {
    if (isReady) frame.contentWindow?.postMessage(message, desk);
    else waiting.push(message);
  };
  const direction = () => (getComputedStyle(document.documentElement).direction === "rtl" ? "rtl" : "ltr");
  const hello = () =>
    say({
      frontdesk: "hello",
      direction: direction(),
      language: script.dataset.language || document.documentElement.lang || navigator.language,
      width: innerWidth,
      height: innerHeight,
    });

  const place = (size: Extract<FromFrame, { frontdesk: "size" }>) => {
    const isFull = size.full && innerWidth <= PHONE_WIDTH;
    const isLeft = (size.side === "start") === (direction() === "ltr");
    look({
      width: isFull ? "100%" : `${Math.min(size.width, innerWidth)}px`,
      height: isFull ? "100%" : `${Math.min(size.height, innerHeight)}px`,
      left: isLeft || isFull ? "0" : "auto",
      right: isLeft && !isFull ? "auto" : "0",
    });
  };

  const heard = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || event.origin !== desk) return;
    const said = event.data as FromFrame | null;
    if (said?.frontdesk === "ready") {
      isReady = true;
      hello();
      for (const message of waiting.splice(0)) say(message);
    } else if (said?.frontdesk === "size") place(said);
    else if (said?.frontdesk === "happened") {
      for (const listener of listeners[said.name] || []) tell(listener, said.detail);
    }
  };

  const tell = (listener: Listener, detail: unknown) => {
    try {
      (listener as (detail: unknown) => void)(detail);
    } catch (error) {
      setTimeout(() => {
        throw error; // the site's own fault shows on its console and stops nobody else
      });
    }
  };

  frame.src = `${desk}/widget/${encodeURIComponent(assistant)}`;
  frame.title = script.dataset.title || "Chat";
  // on our own pages a sandbox that allows scripts and the origin would hold nothing back
  if (desk !== location.origin) frame.setAttribute("sandbox", SANDBOX);
  frame.setAttribute("allow", "clipboard-write");
  look({ all: "initial" });
  look({
    position: "fixed",
    bottom: "0",
    right: "0",
    width: "0",
    height: "0",
    border: "0",
    "z-index": "2147483647",
    "color-scheme": "light",
    "background-color": "transparent",
    display: "block",
  });
  addEventListener("message", heard);
  addEventListener("resize", hello);

  page.Frontdesk = Object.freeze({
    open: () => say({ frontdesk: "open" }),
    close: () => say({ frontdesk: "close" }),
    identify: (token: string) => say({ frontdesk: "identify", token: String(token) }),
    /** Calls back whenever it happens; what it returns ends that. */
    on: (name: Name, listener: Listener) => {
      if (!Object.hasOwn(listeners, name)) listeners[name] = [];
      const those = listeners[name] as Listener[];
      those.push(listener);
      return () => {
        const at = those.indexOf(listener);
        if (at >= 0) those.splice(at, 1);
      };
    },
  });

  const attach = () => document.body.appendChild(frame);
  if (document.body) attach();
  else addEventListener("DOMContentLoaded", attach);
}

load(document.currentScript as HTMLScriptElement | null);
