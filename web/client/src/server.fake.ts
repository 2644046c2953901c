/** A server of one contact's one conversation, for tests: it answers what it is told, over both lines. */

import type { DeskEvent, Said } from "./events";

type Logged = DeskEvent & { id: number };
type Reader = { tell: (event: Logged) => void; end: (code: number) => void };

export class FakeServer {
  readonly asked: string[] = [];
  readonly stored: string[] = [];
  sessions = 0;
  sockets = 0;
  socketsAreBlocked = false;
  losesAnswers = 0;
  private readonly log: Logged[] = [];
  private readonly readers = new Set<Reader>();
  private readonly taken = new Map<string, string>();
  private readonly received: [string, unknown][] = [];
  private files: { file_id: string; name: string; status: string }[] = [];
  private token = "";
  private readonly before = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket };

  constructor() {
    globalThis.fetch = (address, init = {}) => this.answer(new URL(String(address)), init);
    globalThis.WebSocket = socketsOf(this) as unknown as typeof WebSocket;
  }

  close(): void {
    this.cut();
    globalThis.fetch = this.before.fetch;
    globalThis.WebSocket = this.before.WebSocket;
  }

  /** End every line, as a restart does. */
  cut(code = 1012): void {
    for (const reader of [...this.readers]) reader.end(code);
    this.readers.clear();
  }

  /** The tokens given so far are good no longer. */
  expire(): void {
    this.token = "expired";
    this.cut(1008);
  }

  said(author: Said["author"], text: string): Said {
    const message_id = `m${this.log.length + 1}`;
    return {
      message_id,
      author,
      text,
      content: [{ type: "text", text }],
      created_at: "2030-01-01T00:00:00Z",
    };
  }

  happens(event: DeskEvent): void {
    const logged = { ...event, id: this.log.length + 1 } as Logged;
    this.log.push(logged);
    for (const reader of this.readers) reader.tell(logged);
  }

  bodies(ending: string): unknown[] {
    return this.received.filter(([path]) => path.endsWith(ending)).map(([, body]) => body);
  }

  isGood(token: string): boolean {
    return token === this.token;
  }

  read(after: number, reader: Reader): void {
    for (const event of this.log) if (event.id > after) reader.tell(event);
    this.readers.add(reader);
  }

  private async answer(address: URL, init: RequestInit): Promise<Response> {
    const { pathname: path } = address;
    const method = init.method ?? "GET";
    this.asked.push(`${method} ${path}`);
    const body = typeof init.body === "string" ? JSON.parse(init.body) : init.body;
    this.received.push([path, body]);
    if (path === "/v1/widget/sessions") {
      this.sessions += 1;
      this.token = `token${this.sessions}`;
      return Response.json({ token: this.token, return_token: null, identity_level: "anonymous" });
    }
    const given = new Headers(init.headers).get("authorization");
    if (given !== `Bearer ${this.token}`) return Response.json({ title: "Who?" }, { status: 401 });
    if (path.endsWith("/events")) return this.stream(init);
    if (path.endsWith("/messages")) return this.take(body as { text: string; client_message_id: string });
    if (path.includes("/files")) return this.file(method, path, body as FormData);
    return Response.json({ conversation_id: "c1", last_event_id: this.log.length, status: "open" });
  }

  private take({ text, client_message_id: own }: { text: string; client_message_id: string }): Response {
    const known = this.taken.get(own);
    const said = this.said("contact", text);
    this.taken.set(own, known ?? said.message_id);
    if (!known) {
      this.stored.push(text);
      this.happens({ type: "contact_message", data: said });
      this.happens({ type: "message", data: this.said("assistant", `You said ${text}`) });
    }
    if (this.losesAnswers > 0) {
      this.losesAnswers -= 1;
      throw new TypeError("the line is dead");
    }
    return Response.json({ message_id: known ?? said.message_id }, { status: 202 });
  }

  private file(method: string, path: string, form: FormData): Response {
    if (method === "GET") return Response.json({ data: this.files });
    if (method === "DELETE") {
      this.files = this.files.filter((file) => !path.endsWith(file.file_id));
      return new Response(null, { status: 204 });
    }
    const { name } = form.get("file") as File;
    if (name.endsWith(".bin")) return Response.json({ detail: "Not readable" }, { status: 422 });
    this.files.push({ file_id: `f${this.files.length + 1}`, name, status: "ready" });
    return Response.json(this.files.at(-1), { status: 201 });
  }

  private stream(init: RequestInit): Response {
    const after = Number(new Headers(init.headers).get("last-event-id") ?? 0);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (writer) => {
        const tell = ({ id, type, data }: Logged) =>
          writer.enqueue(encoder.encode(`event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`));
        this.read(after, { tell, end: () => writer.close() });
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

function socketsOf(server: FakeServer) {
  return class extends EventTarget {
    static readonly OPEN = 1;
    readyState = 0;

    constructor(_address: string, protocols: string[]) {
      super();
      server.sockets += 1;
      const [, token = "", after = ""] = protocols;
      setTimeout(() => {
        if (server.socketsAreBlocked || !server.isGood(token.slice("token.".length))) return this.end(1006);
        this.readyState = 1;
        this.dispatchEvent(new Event("open"));
        const tell = ({ id, type, data }: Logged) => this.tell({ ...data, type, id });
        server.read(Number(after.slice("after.".length)), { tell, end: (code) => this.end(code) });
      });
    }

    send(frame: string): void {
      if (JSON.parse(frame).type === "ping") this.tell({ type: "pong" });
    }

    close(): void {
      this.end(1000);
    }

    private tell(frame: object): void {
      if (this.readyState === 1)
        this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
    }

    private end(code: number): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.dispatchEvent(Object.assign(new Event("close"), { code }));
    }
  };
}

/** Waits until it is so; a test's own time limit ends what never comes. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
