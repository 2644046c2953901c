/** What was typed and is not with the server yet: kept in the browser, sent in order, each once. */

import { Problem } from "./problem";
import type { Storage, Unsent } from "./storage";
import type { Visitor } from "./visitor";

const RETRY_MS = 4_000;

/** What became of a message, by its own number. */
export interface Deliveries {
  /** The conversation that begins with this message; asked again for the same one, it is the same. */
  begun(first: Unsent): Promise<string>;
  accepted(clientMessageId: string, messageId: string): void;
  refused(clientMessageId: string, why: string): void;
  waits(clientMessageId: string): void;
}

export class Outbox {
  private sending = false;

  constructor(
    private readonly visitor: Visitor,
    private readonly storage: Storage,
    private readonly deliveries: Deliveries,
  ) {
    globalThis.addEventListener?.("online", () => void this.flush());
  }

  get waiting(): Unsent[] {
    return this.storage.kept.outbox ?? [];
  }

  async put(unsent: Unsent): Promise<void> {
    this.storage.keep({ outbox: [...this.waiting, unsent] });
    await this.flush();
  }

  /** Send what waits; where the line is dead it is tried again later. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.waiting[0]; next; next = this.waiting[0]) await this.post(next);
    } catch {
      for (const { clientMessageId } of this.waiting) this.deliveries.waits(clientMessageId);
      setTimeout(() => void this.flush(), RETRY_MS);
    } finally {
      this.sending = false;
    }
  }

  private async post(unsent: Unsent): Promise<void> {
    const { clientMessageId } = unsent;
    const body = {
      text: unsent.text,
      client_message_id: clientMessageId,
      ...(unsent.actionId ? { action_id: unsent.actionId } : {}),
      ...(unsent.inReplyTo ? { in_reply_to: unsent.inReplyTo } : {}),
    };
    try {
      const conversationId = unsent.conversationId ?? (await this.placed(unsent));
      const path = `/v1/conversations/${conversationId}/messages?wait=false`;
      const { message_id: messageId } = await this.visitor.call<{ message_id: string }>("POST", path, body);
      this.done(clientMessageId);
      this.deliveries.accepted(clientMessageId, messageId);
    } catch (error) {
      if (error instanceof Problem && error.isFinal) {
        this.done(clientMessageId);
        this.deliveries.refused(clientMessageId, error.detail || error.title);
        return;
      }
      throw error;
    }
  }

  /** All that was typed before there was a conversation belongs to the one that begins now. */
  private async placed(first: Unsent): Promise<string> {
    const conversationId = await this.deliveries.begun(first);
    const outbox = this.waiting.map((one) => ({
      ...one,
      conversationId: one.conversationId ?? conversationId,
    }));
    this.storage.keep({ outbox });
    return conversationId;
  }

  private done(clientMessageId: string): void {
    this.storage.keep({ outbox: this.waiting.filter((one) => one.clientMessageId !== clientMessageId) });
  }
}
