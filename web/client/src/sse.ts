/** Splits a text stream into server-sent events, across any boundary of its chunks. Source: HTML § 9.2. */

export interface RawEvent {
  type: string;
  data: string;
  id: string | null;
}

export class EventParser {
  private rest = "";
  private type = "message";
  private data: string[] = [];
  private id: string | null = null;

  /** The events that this chunk completes. */
  feed(text: string): RawEvent[] {
    const events: RawEvent[] = [];
    this.rest += text;
    // a lone \r at the end may be half of \r\n: it stays until the next chunk
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.read(line, events);
    return events;
  }

  private read(line: string, events: RawEvent[]): void {
    if (line === "") {
      if (this.data.length) {
        events.push({ type: this.type, data: this.data.join("\n"), id: this.id });
      }
      this.type = "message";
      this.data = [];
      this.id = null;
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.type = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id") this.id = value;
  }
}
