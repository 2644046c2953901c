/** The widget's one store: which conversation is shown, whether the panel is open, what is unread. */

import type { Conversation, Happened, TalkState } from "../../../client/src/conversation";
import type { Frontdesk, Summary } from "../../../client/src/frontdesk";
import { Problem } from "../../../client/src/problem";
import type { Happenings } from "../protocol";
import { chime } from "./chime";
import * as inThisTab from "./in_this_tab";

export interface View extends TalkState {
  isOpen: boolean;
  screen: "talk" | "list";
  conversations: Summary[] | null;
  unread: number;
  hasSound: boolean;
}

export type Tell = <Name extends keyof Happenings>(name: Name, detail: Happenings[Name]) => void;

export class Desk {
  view: View;
  talk: Conversation;
  private listeners = new Set<() => void>();
  private unhear: (() => void)[] = [];
  private isCalled = false;

  constructor(
    private readonly client: Frontdesk,
    private readonly tell: Tell,
  ) {
    this.talk = client.resume();
    this.view = {
      ...this.talk.state,
      isOpen: Boolean(client.storage.kept.isOpen),
      screen: "talk",
      conversations: null,
      unread: 0,
      hasSound: Boolean(client.storage.kept.sound),
    };
  }

  /** The first words of the conversations that began in this browser. */
  get titles(): { [conversationId: string]: string } {
    return this.client.storage.kept.titles ?? {};
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Go on where this browser was. */
  begin(): void {
    this.take(this.talk);
  }

  /** Somebody wants to write, unless it is only to be seen. */
  open(toWrite = true): void {
    if (this.view.isOpen) return;
    this.isCalled = toWrite;
    this.client.storage.keep({ isOpen: true });
    inThisTab.opened(true);
    this.set({ isOpen: true, unread: 0 });
    this.markRead();
    this.tell("open", {});
    this.tell("unread", { count: 0 });
  }

  /** Begin closed, unless this very tab had it open. */
  foldElsewhere(): void {
    if (!inThisTab.isOpen()) this.set({ isOpen: false });
  }

  /** Whether it may take the focus from the page: once, by opening. A page that comes with it open keeps its own. */
  mayTakeFocus(): boolean {
    const isCalled = this.isCalled;
    this.isCalled = false;
    return isCalled || document.hasFocus();
  }

  close(): void {
    if (!this.view.isOpen) return;
    this.client.storage.keep({ isOpen: false });
    inThisTab.opened(false);
    this.set({ isOpen: false });
    this.tell("close", {});
  }

  identify(token: string): void {
    this.client.identify(token);
    this.take(this.client.conversation());
    this.set({ conversations: null });
  }

  setSound(hasSound: boolean): void {
    this.client.storage.keep({ sound: hasSound });
    this.set({ hasSound });
    if (hasSound) chime();
  }

  async list(): Promise<void> {
    this.set({ screen: "list", problem: null });
    try {
      this.set({ conversations: await this.client.conversations() });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.set({ problem: error });
    }
  }

  /** An empty conversation; it comes to be with its first message. */
  fresh(): void {
    this.client.storage.keep({ conversationId: null });
    this.take(this.client.conversation());
  }

  show(conversationId: string): void {
    this.client.storage.keep({ conversationId });
    this.take(this.client.conversation(conversationId));
  }

  async rate(score: number): Promise<void> {
    const { conversationId } = this.view;
    if (!conversationId) return;
    const { rated = [] } = this.client.storage.kept;
    this.client.storage.keep({ rated: [...rated.slice(-50), conversationId] });
    await this.talk.rate(score);
  }

  private take(talk: Conversation): void {
    for (const end of this.unhear) end();
    if (this.talk !== talk) this.talk.stop();
    this.talk = talk;
    const unfollow = talk.subscribe(() => this.follow());
    const unhear = talk.onEvent((happened) => this.noticed(happened));
    this.unhear = [unfollow, unhear];
    this.set({ ...talk.state, screen: "talk", problem: null });
    talk.start();
  }

  /** The conversation has changed: it may have come to be, or be gone. */
  private follow(): void {
    const { state } = this.talk;
    if (state.connection === "refused" && state.problem?.status === 404) {
      this.fresh();
      return;
    }
    if (state.conversationId !== this.view.conversationId) {
      this.client.storage.keep({ conversationId: state.conversationId });
    }
    this.set(state);
  }

  private noticed({ event, id, isNews }: Happened): void {
    const { conversationId, isOpen } = this.view;
    if (!conversationId || id === null) return;
    if (event.type === "message" || event.type === "operator_message") {
      const author = event.type === "message" ? "assistant" : "operator";
      if (isOpen) this.markRead();
      else if (id > (this.client.storage.kept.read?.[conversationId] ?? 0)) {
        this.set({ unread: this.view.unread + 1 });
        this.tell("unread", { count: this.view.unread });
      }
      if (isNews) {
        if (this.view.hasSound) chime();
        this.tell("message", { author, text: event.data.text, conversation_id: conversationId });
      }
    }
    const handoff = HANDOFF_STATUS[event.type];
    if (handoff && isNews) this.tell("handoff", { status: handoff, conversation_id: conversationId });
  }

  private markRead(): void {
    const { conversationId, talk } = this.talk.state;
    if (!conversationId) return;
    const { read } = this.client.storage.kept;
    this.client.storage.keep({ read: { ...read, [conversationId]: talk.seen } });
  }

  private set(changes: Partial<View>): void {
    this.view = { ...this.view, ...changes };
    for (const listener of this.listeners) listener();
  }
}

const HANDOFF_STATUS: { [type: string]: Happenings["handoff"]["status"] } = {
  handoff_requested: "waiting",
  operator_joined: "active",
  handoff_resolved: "resolved",
};
