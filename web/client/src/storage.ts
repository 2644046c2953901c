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
  sound?: boolean;
  outbox?: Unsent[];
  read?: { [conversationId: string]: number };
  titles?: { [conversationId: string]: string };
  rated?: string[];
}

export class Storage {
  private memory: Kept = {};

  /** Under which key of `localStorage` it is kept; null keeps nothing beyond the page. */
  constructor(private readonly key: string | null) {}

  get kept(): Kept {
    if (this.key === null) return this.memory;
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null") ?? this.memory;
    } catch {
      return this.memory;
    }
  }

  keep(changes: Kept): void {
    this.memory = { ...this.kept, ...changes };
    if (this.key === null) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.memory));
    } catch {
      // storage is full or forbidden: the tab remembers
    }
  }
}
