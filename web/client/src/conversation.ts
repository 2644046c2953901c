/** One conversation, live: what was said, what is being written, what waits to be sent, its files. */

import { type Attached, Attachments } from "./attachments";
import { type Connection, EventStream } from "./event_stream";
import type { Button, DeskEvent } from "./events";
import type { Frontdesk } from "./frontdesk";
import { Problem } from "./problem";
import type { RawEvent } from "./sse";
import type { Unsent } from "./storage";
import * as talks from "./talk";

export type { Attached } from "./attachments";

const TYPING_MS = 5_000;
const SAY_TYPING_MS = 3_000;

export interface TalkState {
  conversationId: string | null;
  talk: talks.Talk;
  files: Attached[];
  connection: Connection | "idle";
  problem: Problem | null;
}

/** An event as it came; `id` is null for what is told live only, `isNews` false for the past. */
export interface Happened {
  event: DeskEvent;
  id: number | null;
  isNews: boolean;
}

export class Conversation {
  state: TalkState;
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(happened: Happened) => void>();
  private readonly attachments: Attachments;
  private stream: EventStream | null = null;
  private isStarted = false;
  private historyUntil = Number.POSITIVE_INFINITY; // events up to this number are no news
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private saidTypingAt = 0;

  constructor(
    private readonly desk: Frontdesk,
    conversationId: string | null,
    private readonly open: Set<Conversation>,
  ) {
    this.state = {
      conversationId,
      talk: this.unsentOf(conversationId),
      files: [],
      connection: "idle",
      problem: null,
    };
    this.attachments = new Attachments(desk.visitor, (files) => this.set({ files }));
  }

  /** Calls back after every change of `state`; what it returns ends that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Calls back for every event as it comes; what it returns ends that. */
  readonly onEvent = (hearer: (happened: Happened) => void): (() => void) => {
    this.hearers.add(hearer);
    return () => {
      this.hearers.delete(hearer);
    };
  };

  /** Open the line, or open it again where it was stopped; nothing is lost in between. */
  start(): this {
    if (this.isStarted) return this;
    this.isStarted = true;
    this.open.add(this);
    const { conversationId } = this.state;
    if (conversationId) this.listen(conversationId);
    void this.desk.outbox.flush();
    return this;
  }

  stop(): void {
    this.isStarted = false;
    this.open.delete(this);
    this.stream?.stop();
    this.stream = null;
    clearTimeout(this.typingTimer);
    this.set({ connection: "idle" });
  }

  /** Do not wait for the line any longer: it may be back. */
  retry(): void {
    this.stream?.retry();
    void this.desk.outbox.flush();
  }

  /** Say something; it is kept until the server has it, whatever happens in between. */
  async send(text: string, click?: { button: Button; messageId: string | null }): Promise<void> {
    const clientMessageId = crypto.randomUUID();
    const unsent: Unsent = { conversationId: this.state.conversationId, clientMessageId, text };
    if (click) {
      unsent.actionId = click.button.action_id;
      if (click.messageId) unsent.inReplyTo = click.messageId;
    }
    this.set({ talk: talks.typed(this.state.talk, text, clientMessageId, "sending"), problem: null });
    await this.desk.outbox.put(unsent);
  }

  /** A message that could not be sent is sent again under its own number: it cannot come twice. */
  async resend(clientMessageId: string): Promise<void> {
    const isKept = this.desk.outbox.waiting.some((one) => one.clientMessageId === clientMessageId);
    if (isKept) return this.desk.outbox.flush();
    const { talk } = this.state;
    const line = talk.lines.find((one) => one.clientMessageId === clientMessageId);
    if (!line) return;
    this.set({ talk: { ...talk, lines: talk.lines.filter((one) => one !== line) } });
    return this.send(line.text);
  }

  /** Tell who answers that something is being written; cheap to call at every key. */
  typing(): void {
    if (Date.now() - this.saidTypingAt < SAY_TYPING_MS) return;
    this.saidTypingAt = Date.now();
    this.stream?.tell({ type: "typing" });
  }

  /** Bring a file into the conversation, where it is read and answered from; `state.files` tells how far it is. */
  async attach(file: File): Promise<void> {
    await this.guarded(async () => {
      const first = { conversationId: null, clientMessageId: crypto.randomUUID(), text: file.name };
      const conversationId = this.state.conversationId ?? (await this.desk.begin(first, this));
      await this.attachments.add(conversationId, file);
    });
  }

  /** Take a file out again, for good. */
  async detach(key: string): Promise<void> {
    const { conversationId } = this.state;
    if (conversationId) await this.guarded(() => this.attachments.remove(conversationId, key));
  }

  /** Whether an answer helped, and why not. */
  async judge(messageId: string, helpful: boolean, reason?: string): Promise<void> {
    const path = `/v1/conversations/${this.state.conversationId}/messages/${messageId}/feedback`;
    const body = reason ? { helpful, reason } : { helpful };
    await this.guarded(() => this.desk.visitor.call("POST", path, body));
  }

  /** One to five for the whole conversation. */
  async rate(score: number): Promise<void> {
    const { conversationId } = this.state;
    if (!conversationId) return;
    const path = `/v1/conversations/${conversationId}/rating`;
    await this.guarded(() => this.desk.visitor.call("POST", path, { score }));
  }

  /** Send all that was said to one address, where the desk has a mail server. Raises: Problem. */
  async mail(to: string, language: string): Promise<void> {
    const path = `/v1/conversations/${this.state.conversationId}/transcript-mails`;
    await this.desk.visitor.call("POST", path, { to, language });
  }

  /** What became of a message, told by the desk's outbox. */
  accepted(clientMessageId: string, messageId: string): void {
    this.set({ talk: talks.accepted(this.state.talk, clientMessageId, messageId) });
  }

  marked(clientMessageId: string, state: "refused" | "unsent", why?: string): void {
    this.set({ talk: talks.marked(this.state.talk, clientMessageId, state, why) });
  }

  /** Whether it has no id yet and a message of it is this one. */
  begins(clientMessageId: string): boolean {
    const { conversationId, talk } = this.state;
    return conversationId === null && talk.lines.some((line) => line.clientMessageId === clientMessageId);
  }

  /** It has its id. */
  becomes(conversationId: string): void {
    if (this.state.conversationId !== null) return;
    this.historyUntil = 0;
    this.set({ conversationId });
    if (this.isStarted) this.listen(conversationId);
  }

  private listen(conversationId: string): void {
    const path = `/v1/conversations/${conversationId}`;
    const { visitor } = this.desk;
    if (this.historyUntil > 0) void this.learnHistory(path);
    const last = this.state.talk.seen ? String(this.state.talk.seen) : null;
    this.stream = new EventStream(
      {
        open: (after, signal) =>
          visitor.fetch(`${path}/events`, { signal }, after === null ? {} : { "last-event-id": after }),
        socket: (after) => visitor.socket(`${path}/ws`, after),
        onUnwelcome: () => visitor.renew(),
        onEvent: (event) => this.take(event),
        onOpen: () => {
          this.set({ talk: talks.reopened(this.state.talk) });
          void this.guarded(() => this.attachments.load(conversationId));
          void this.desk.outbox.flush();
        },
        onState: (connection, problem) => this.set({ connection, problem: problem ?? null }),
      },
      last,
    ).start();
  }

  private async learnHistory(path: string): Promise<void> {
    await this.guarded(async () => {
      const found = await this.desk.visitor.call<{ last_event_id: number }>("GET", path);
      this.historyUntil = found.last_event_id;
    });
  }

  private take(raw: RawEvent): void {
    const event = { type: raw.type, data: JSON.parse(raw.data) } as DeskEvent;
    const id = raw.id === null ? null : Number(raw.id);
    const talk = talks.taken(this.state.talk, event, id);
    if (talk === this.state.talk) return;
    this.set({ talk });
    if (event.type === "typing" && talk.personTypes) this.stopTypingLater();
    for (const hear of this.hearers) hear({ event, id, isNews: id === null || id > this.historyUntil });
  }

  private stopTypingLater(): void {
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => {
      this.set({ talk: { ...this.state.talk, personTypes: false } });
    }, TYPING_MS);
  }

  private unsentOf(conversationId: string | null): talks.Talk {
    return this.desk.outbox.waiting
      .filter((one) => one.conversationId === conversationId)
      .reduce((talk, one) => talks.typed(talk, one.text, one.clientMessageId, "unsent"), talks.EMPTY);
  }

  private async guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.set({ problem: error });
    }
  }

  private set(changes: Partial<TalkState>): void {
    this.state = { ...this.state, ...changes };
    for (const listener of [...this.listeners]) listener();
  }
}
