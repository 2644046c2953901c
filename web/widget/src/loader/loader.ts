/** The one script that a site adds: a frame in the corner of its page, and `Frontdesk` to steer it. */

import { type FromFrame, type Happenings, PHONE_WIDTH, READY, type ToFrame } from "../protocol";
import { clearance } from "./corner";
import { Place } from "./place";

type Name = keyof Happenings;
type Listener = (detail: never) => void;
type Size = Extract<FromFrame, { frontdesk: "size" }>;

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
  let size: Size | undefined;

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

  const arrange = () => {
    if (!size) return;
    const isFull = size.full && innerWidth <= PHONE_WIDTH;
    const isLeft = (size.side === "start") === (direction() === "ltr");
    const height = Math.min(size.height, innerHeight);
    place.look({
      width: isFull ? "100%" : `${Math.min(size.width, innerWidth)}px`,
      height: isFull ? "100%" : `${height}px`,
      left: isLeft || isFull ? "0" : "auto",
      right: isLeft && !isFull ? "auto" : "0",
      bottom: size.full ? "0" : `${clearance(frame, place.host, height)}px`,
    });
  };

  const heard = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || event.origin !== desk || event.data !== READY) return;
    event.stopImmediatePropagation(); // it is nobody else's
    const [line] = event.ports;
    if (line) line.onmessage = ({ data }) => told(data as FromFrame);
    isReady = true;
    hello();
    for (const message of waiting.splice(0)) say(message);
  };

  const told = (message: FromFrame) => {
    if (message.frontdesk === "size") {
      size = message;
      arrange();
    } else for (const listener of listeners[message.name] || []) tell(listener, message.detail);
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
  const place = new Place(frame, { onChange: arrange, onGone: () => (isReady = false) });
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

  if (document.body) place.take();
  else addEventListener("DOMContentLoaded", () => place.take());
}

load(document.currentScript as HTMLScriptElement | null);
