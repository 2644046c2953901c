/** The widget's one store: conversations of the visitor, the open one's log, what waits to be sent. */

import { type Connection, EventStream } from "../../../shared/event_stream";
import type { Button, DeskEvent } from "../../../shared/events";
import { Problem } from "../../../shared/problem";
import type { RawEvent } from "../../../shared/sse";
import type { Happenings } from "../protocol";
import { Outbox } from "./outbox";
import type { Storage, Unsent } from "./storage";
import * as talks from "./talk";
import type { Visitor } from "./visitor";

const TYPING_MS = 5_000;

export interface Summary {
  conversation_id: string;
  status: string;
  last_active_at: string;
}

export interface View {
  isOpen: boolean;
  screen: "talk" | "list";
  conversationId: string | null;
  talk: talks.Talk;
  connection: Connection | "idle";
  conversations: Summary[] | null;
  unread: number;
  problem: Problem | null;
}

export type Tell = <Name extends keyof Happenings>(name: Name, detail: Happenings[Name]) => void;

export class Desk {
  view: View;
  private listeners = new Set<() => void>();
  private stream: EventStream | null = null;
  private creating: Promise<string> | null = null;
  private readonly outbox: Outbox;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private historyUntil = Number.POSITIVE_INFINITY; // events up to this number are no news

  constructor(
    private readonly assistantId: string,
    private readonly visitor: Visitor,
    private readonly storage: Storage,
    private readonly tell: Tell,
  ) {
    this.view = {
      isOpen: Boolean(storage.kept.isOpen),
      screen: "talk",
      conversationId: null,
      talk: talks.EMPTY,
      connection: "idle",
      conversations: null,
      unread: 0,
      problem: null,
    };
    const changed = (talk: talks.Talk) => this.set({ talk });
    this.outbox = new Outbox(visitor, storage, {
      begun: (first) => this.create(first),
      accepted: (own, messageId) => changed(talks.accepted(this.view.talk, own, messageId)),
      refused: (own, why) => changed(talks.marked(this.view.talk, own, "refused", why)),
      waits: (own) => changed(talks.marked(this.view.talk, own, "unsent")),
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Go on where this browser was. */
  begin(): void {
    const { conversationId } = this.storage.kept;
    if (conversationId) this.show(conversationId);
    else this.set({ talk: this.unsentOf(null) });
    void this.outbox.flush();
  }

  open(): void {
    if (this.view.isOpen) return;
    this.storage.keep({ isOpen: true });
    this.set({ isOpen: true, unread: 0 });
    this.markRead();
    this.tell("open", {});
    this.tell("unread", { count: 0 });
  }

  close(): void {
    if (!this.view.isOpen) return;
    this.storage.keep({ isOpen: false });
    this.set({ isOpen: false });
    this.tell("close", {});
  }

  identify(token: string): void {
    this.visitor.identify(token);
    this.leave();
    this.set({ conversations: null });
  }

  async list(): Promise<void> {
    this.set({ screen: "list", problem: null });
    await this.guarded(async () => {
      const found = await this.visitor.call<{ data: Summary[] }>("GET", "/v1/conversations?limit=50");
      this.set({ conversations: found.data });
    });
  }

  /** An empty conversation; it comes to be with its first message. */
  fresh(): void {
    this.leave();
    this.storage.keep({ conversationId: null });
    this.set({ talk: this.unsentOf(null) });
  }

  show(conversationId: string, isNew = false): void {
    this.leave();
    this.storage.keep({ conversationId });
    this.set({ conversationId, talk: this.unsentOf(conversationId) });
    this.historyUntil = isNew ? 0 : Number.POSITIVE_INFINITY;
    if (!isNew) void this.learnHistory(conversationId);
    this.stream = new EventStream({
      open: (after, signal) =>
        this.visitor.fetch(
          `/v1/conversations/${conversationId}/events`,
          { signal },
          after === null ? {} : { "last-event-id": after },
        ),
      onEvent: (event) => this.take(event),
      onOpen: () => {
        this.set({ talk: talks.reopened(this.view.talk) });
        void this.outbox.flush();
      },
      onState: (connection, problem) => {
        if (connection === "refused" && problem?.status === 404) return this.fresh();
        this.set({ connection, problem: problem ?? null });
      },
    }).start();
  }

  retry(): void {
    this.stream?.retry();
    void this.outbox.flush();
  }

  /** Say something; it is kept until the server has it, whatever happens in between. */
  async send(text: string, click?: { button: Button; messageId: string | null }): Promise<void> {
    const clientMessageId = crypto.randomUUID();
    this.set({ talk: talks.typed(this.view.talk, text, clientMessageId, "sending"), problem: null });
    const unsent: Unsent = { conversationId: this.view.conversationId, clientMessageId, text };
    if (click) {
      unsent.actionId = click.button.action_id;
      if (click.messageId) unsent.inReplyTo = click.messageId;
    }
    await this.outbox.put(unsent);
  }

  /** A message that could not be sent is sent again under its own number: it cannot come twice. */
  async resend(clientMessageId: string, text: string): Promise<void> {
    const isKept = this.outbox.waiting.some((one) => one.clientMessageId === clientMessageId);
    if (isKept) return this.outbox.flush();
    const { talk } = this.view;
    this.set({ talk: { ...talk, lines: talk.lines.filter((l) => l.clientMessageId !== clientMessageId) } });
    return this.send(text);
  }

  async judge(messageId: string, helpful: boolean, reason?: string): Promise<void> {
    const path = `/v1/conversations/${this.view.conversationId}/messages/${messageId}/feedback`;
    await this.guarded(() => this.visitor.call("POST", path, reason ? { helpful, reason } : { helpful }));
  }

  async rate(score: number): Promise<void> {
    const { conversationId } = this.view;
    if (!conversationId) return;
    this.storage.keep({ rated: [...(this.storage.kept.rated ?? []).slice(-50), conversationId] });
    await this.guarded(() =>
      this.visitor.call("POST", `/v1/conversations/${conversationId}/rating`, { score }),
    );
  }

  private create(first: Unsent): Promise<string> {
    const headers = { "idempotency-key": `first-${first.clientMessageId}` }; // begun twice, it is one
    this.creating ??= this.visitor
      .call<Summary>("POST", "/v1/conversations", { assistant_id: this.assistantId }, headers)
      .then(({ conversation_id: conversationId }) => {
        const typedSoFar = this.view.talk;
        this.remember(conversationId, first.text);
        if (this.view.conversationId === null) {
          this.show(conversationId, true);
          this.set({ talk: typedSoFar });
        }
        return conversationId;
      })
      .finally(() => {
        this.creating = null;
      });
    return this.creating;
  }

  private unsentOf(conversationId: string | null): talks.Talk {
    const waiting = this.outbox.waiting.filter((one) => one.conversationId === conversationId);
    return waiting.reduce(
      (talk, one) => talks.typed(talk, one.text, one.clientMessageId, "unsent"),
      talks.EMPTY,
    );
  }

  private async learnHistory(conversationId: string): Promise<void> {
    const path = `/v1/conversations/${conversationId}`;
    await this.guarded(async () => {
      const { last_event_id: last } = await this.visitor.call<{ last_event_id: number }>("GET", path);
      if (this.view.conversationId === conversationId) this.historyUntil = last;
    });
  }

  private take(raw: RawEvent): void {
    const event = { type: raw.type, data: JSON.parse(raw.data) } as DeskEvent;
    const before = this.view.talk;
    const talk = talks.taken(before, event, raw.id === null ? null : Number(raw.id));
    if (talk === before) return;
    this.set({ talk });
    if (event.type === "typing" && talk.personTypes) this.stopTypingLater();
    if (raw.id !== null) this.noticed(event, Number(raw.id));
  }

  private noticed(event: DeskEvent, id: number): void {
    const { conversationId, isOpen } = this.view;
    if (!conversationId) return;
    if (event.type === "message" || event.type === "operator_message") {
      const author = event.type === "message" ? "assistant" : "operator";
      if (isOpen) this.markRead();
      else if (id > (this.storage.kept.read?.[conversationId] ?? 0)) {
        this.set({ unread: this.view.unread + 1 });
        this.tell("unread", { count: this.view.unread });
      }
      if (id > this.historyUntil) {
        this.tell("message", { author, text: event.data.text, conversation_id: conversationId });
      }
    }
    const handoff = HANDOFF_STATUS[event.type];
    if (handoff && id > this.historyUntil) {
      this.tell("handoff", { status: handoff, conversation_id: conversationId });
    }
  }

  private stopTypingLater(): void {
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => {
      this.set({ talk: { ...this.view.talk, personTypes: false } });
    }, TYPING_MS);
  }

  private markRead(): void {
    const { conversationId, talk } = this.view;
    if (!conversationId) return;
    this.storage.keep({ read: { ...this.storage.kept.read, [conversationId]: talk.seen } });
  }

  private remember(conversationId: string, text: string): void {
    const titles = Object.entries({ ...this.storage.kept.titles, [conversationId]: text.slice(0, 80) });
    this.storage.keep({ titles: Object.fromEntries(titles.slice(-50)) });
  }

  private leave(): void {
    this.stream?.stop();
    this.stream = null;
    this.set({ conversationId: null, talk: talks.EMPTY, connection: "idle", screen: "talk", problem: null });
  }

  private async guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.set({ problem: error });
    }
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
