/** What a browser keeps of one assistant's visitor; a browser that keeps nothing works as well. */

export interface Unsent {
  /** null until the conversation comes to be, with the first message that gets through. */
  conversationId: string | null;
  clientMessageId: string;
  text: string;
  actionId?: string;
  inReplyTo?: string;
}

export interface Kept {
  returnToken?: string | null;
  conversationId?: string | null;
  isOpen?: boolean;
  outbox?: Unsent[];
  read?: { [conversationId: string]: number };
  titles?: { [conversationId: string]: string };
  rated?: string[];
}

export class Storage {
  private memory: Kept = {};
  private readonly key: string;

  constructor(assistantId: string) {
    this.key = `frontdesk:${assistantId}`;
  }

  get kept(): Kept {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null") ?? this.memory;
    } catch {
      return this.memory;
    }
  }

  keep(changes: Kept): void {
    this.memory = { ...this.kept, ...changes };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.memory));
    } catch {
      // storage is full or forbidden: the tab remembers
    }
  }
}
