/** What the loader on a site's page and the frame on our origin say to each other. */

export const MARK = "frontdesk";
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
  | { frontdesk: "open" | "close" }
  | { frontdesk: "identify"; token: string }
  /** How it would look: heard from our own pages alone. */
  | { frontdesk: "brand"; brand: object };

export type FromFrame =
  | { frontdesk: "ready" }
  | { frontdesk: "size"; width: number; height: number; full: boolean; side: "start" | "end" }
  | { frontdesk: "happened"; name: keyof Happenings; detail: Happenings[keyof Happenings] };
