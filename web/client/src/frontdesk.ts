/** A visitor's desk: who they are, their conversations, and what waits to be sent in any of them. */

import { Conversation } from "./conversation";
import { Outbox } from "./outbox";
import { Storage, type Unsent } from "./storage";
import { Visitor } from "./visitor";

export interface Options {
  /** The server's origin, as in `https://desk.example`. */
  url: string;
  assistantId: string;
  /** Who the visitor is: a token that your server signs with the identity secret. */
  identityToken?: string;
  /** Whether the browser keeps who was here, which conversation was open, and what is unsent. */
  keeps?: boolean;
}

export interface Summary {
  conversation_id: string;
  status: string;
  last_active_at: string;
}

const MOST_TITLES = 50;

export class Frontdesk {
  readonly storage: Storage;
  readonly visitor: Visitor;
  readonly outbox: Outbox;
  private readonly assistantId: string;
  private readonly open = new Set<Conversation>();
  private readonly creating = new Map<Conversation | string, Promise<string>>();

  constructor({ url, assistantId, identityToken, keeps = true }: Options) {
    this.assistantId = assistantId;
    this.storage = new Storage(keeps ? `frontdesk:${assistantId}` : null);
    this.visitor = new Visitor(url.replace(/\/+$/, ""), assistantId, this.storage);
    if (identityToken) this.visitor.identify(identityToken);
    this.outbox = new Outbox(this.visitor, this.storage, {
      begun: (first) => this.begin(first),
      accepted: (own, messageId) => this.each((one) => one.accepted(own, messageId)),
      refused: (own, why) => this.each((one) => one.marked(own, "refused", why)),
      waits: (own) => this.each((one) => one.marked(own, "unsent")),
    });
  }

  /** One of the visitor's conversations, or a new one, which comes to be with its first message. */
  conversation(conversationId: string | null = null): Conversation {
    return new Conversation(this, conversationId, this.open);
  }

  /** The conversation that this browser was in last; a new one where there is none. */
  resume(): Conversation {
    return this.conversation(this.storage.kept.conversationId ?? null);
  }

  /** The visitor's conversations, the newest first. Raises: Problem. */
  async conversations(): Promise<Summary[]> {
    return (await this.visitor.call<{ data: Summary[] }>("GET", "/v1/conversations?limit=50")).data;
  }

  /** Be the contact that your server's token names from now on; conversations are opened anew. */
  identify(identityToken: string): void {
    this.visitor.identify(identityToken);
  }

  /** The id of the conversation that begins with this; asked again for the same, it is the same. */
  begin(first: Unsent, asking?: Conversation): Promise<string> {
    const whose = asking ?? [...this.open].find((one) => one.begins(first.clientMessageId));
    const key = whose ?? first.clientMessageId;
    const known = this.creating.get(key);
    if (known) return known;
    const headers = { "idempotency-key": `first-${first.clientMessageId}` };
    const creating = this.visitor
      .call<Summary>("POST", "/v1/conversations", { assistant_id: this.assistantId }, headers)
      .then(({ conversation_id: conversationId }) => {
        this.name(conversationId, first.text);
        whose?.becomes(conversationId);
        return conversationId;
      })
      .finally(() => this.creating.delete(key));
    this.creating.set(key, creating);
    return creating;
  }

  private name(conversationId: string, text: string): void {
    const titles = Object.entries({ ...this.storage.kept.titles, [conversationId]: text.slice(0, 80) });
    this.storage.keep({ titles: Object.fromEntries(titles.slice(-MOST_TITLES)) });
  }

  private each(tell: (conversation: Conversation) => void): void {
    for (const one of [...this.open]) tell(one);
  }
}
