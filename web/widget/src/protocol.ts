/** What the loader on a site's page and the frame on our origin say to each other. */

export const MARK = "frontdesk";
/**
 * The one message that a site's own listeners may hear. It is text, and JSON: a listener that
 * reads JSON, or asks for a field, comes to no harm. With it goes the port for all that follows.
 */
export const READY = '{"frontdesk":"ready"}';
export const PHONE_WIDTH = 520; // up to here the open widget fills the screen

/** Everything a site may listen for. */
export interface Happenings {
  message: { author: "assistant" | "operator"; text: string; conversation_id: string };
  open: Record<string, never>;
  close: Record<string, never>;
  unread: { count: number };
  handoff: { status: "waiting" | "active" | "resolved"; conversation_id: string };
}

export type ToFrame =
  | { frontdesk: "hello"; direction: "ltr" | "rtl"; language: string; width: number; height: number }
  | { frontdesk: "open" | "show" | "close" } // shown, it leaves the focus where it is
  | { frontdesk: "identify"; token: string }
  /** How it would look: heard from our own pages alone. */
  | { frontdesk: "brand"; brand: object };

/** What comes through the port. */
export type FromFrame =
  | { frontdesk: "size"; width: number; height: number; full: boolean; side: "start" | "end" }
  | { frontdesk: "happened"; name: keyof Happenings; detail: Happenings[keyof Happenings] };
