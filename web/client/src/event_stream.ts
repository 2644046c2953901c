/**
 * A conversation's events, taken up again after every break from the last one seen: the server's
 * log has no gaps, so nothing is lost and nothing comes twice.
 */

import { Problem, problemOf, unreachable } from "./problem";
import { NoSocket, readSocket, Unwelcome } from "./socket";
import { EventParser, type RawEvent } from "./sse";

const SILENCE_MS = 45_000; // the server sends a comment every 15 s; three missed mean a dead line
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const OFFLINE_AFTER_FAILURES = 3;
const BLOCKED_MS = 600_000; // where HTTP gets through and a socket does not, none is tried for so long

export type Connection = "connecting" | "connected" | "reconnecting" | "offline" | "refused";

export interface Listening {
  /** Opens the stream after an event's number; `credentials` or headers are the caller's matter. */
  open(after: string | null, signal: AbortSignal): Promise<Response>;
  /** A socket that tells the same, tried first; a stream over HTTP where none gets through. */
  socket?(after: string | null): Promise<WebSocket>;
  /** The socket's caller may not stay: its token is to be renewed. */
  onUnwelcome?(): void;
  onEvent(event: RawEvent): void;
  /** At every connection: what was told live is told again from its start. */
  onOpen?(): void;
  onState?(state: Connection, problem?: Problem): void;
}

export class EventStream {
  private stopped = false;
  private failures = 0;
  private abort: AbortController | null = null;
  private speaking: WebSocket | null = null;
  private socketsFrom = 0; // the time from which a socket is tried
  private wake: () => void = () => {};
  private readonly online = () => this.retry();
  private readonly offline = () => this.abort?.abort();

  constructor(
    private readonly listening: Listening,
    private last: string | null = null,
  ) {}

  start(): this {
    globalThis.addEventListener?.("online", this.online);
    globalThis.addEventListener?.("offline", this.offline);
    void this.run();
    return this;
  }

  stop(): void {
    this.stopped = true;
    globalThis.removeEventListener?.("online", this.online);
    globalThis.removeEventListener?.("offline", this.offline);
    this.abort?.abort();
    this.wake();
  }

  /** Do not wait any longer: the line may be back. */
  retry(): void {
    this.failures = 0;
    this.wake();
  }

  /** Say something that needs no answer; nothing where no socket is open. */
  tell(frame: object): void {
    if (this.speaking?.readyState === WebSocket.OPEN) this.speaking.send(JSON.stringify(frame));
  }

  private async run(): Promise<void> {
    this.state("connecting");
    while (!this.stopped) {
      let after = this.waitMs();
      try {
        after = (await this.readOnce()) ?? after;
      } catch (error) {
        if (this.stopped) return;
        if (error instanceof Problem && error.isFinal) return this.state("refused", error);
        this.failures += 1;
        after = this.waitMs();
      }
      if (this.stopped) return;
      this.state(this.failures >= OFFLINE_AFTER_FAILURES ? "offline" : "reconnecting");
      await this.pause(after);
    }
  }

  /** Reads until the stream ends; the wait that the server asked for, if it did. */
  private async readOnce(): Promise<number | null> {
    this.abort = new AbortController();
    const { signal } = this.abort;
    let isBlocked = false;
    if (this.listening.socket && Date.now() >= this.socketsFrom) {
      try {
        return await this.readSocket(this.listening.socket, signal);
      } catch (error) {
        if (!(error instanceof NoSocket)) throw error;
        isBlocked = true;
      }
    }
    let response: Response;
    try {
      response = await this.listening.open(this.last, signal);
    } catch (error) {
      throw error instanceof Problem ? error : unreachable();
    }
    if (!response.ok || !response.body) throw await problemOf(response);
    if (isBlocked) this.socketsFrom = Date.now() + BLOCKED_MS;
    this.connected();
    return this.consume(response.body.getReader());
  }

  private async readSocket(
    open: NonNullable<Listening["socket"]>,
    signal: AbortSignal,
  ): Promise<number | null> {
    const socket = await open.call(this.listening, this.last);
    this.speaking = socket;
    try {
      return await readSocket(socket, signal, {
        onOpen: () => this.connected(),
        onEvent: (event) => this.heard(event),
      });
    } catch (error) {
      if (error instanceof Unwelcome) this.listening.onUnwelcome?.();
      throw error;
    } finally {
      this.speaking = null;
    }
  }

  private connected(): void {
    this.failures = 0;
    this.state("connected");
    this.listening.onOpen?.();
  }

  private heard(event: RawEvent): void {
    if (this.stopped) return;
    if (event.id !== null) this.last = event.id;
    this.listening.onEvent(event);
  }

  private async consume(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number | null> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    let wait: number | null = null;
    for (;;) {
      const silence = setTimeout(() => this.abort?.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done || this.stopped) return wait;
      for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
        if (event.type === "reconnect") wait = Number(JSON.parse(event.data).after_ms) || 0;
        else this.heard(event);
      }
    }
  }

  private waitMs(): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    return longest * (0.5 + Math.random() / 2); // not all at once after a restart
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private state(state: Connection, problem?: Problem): void {
    if (!this.stopped) this.listening.onState?.(state, problem);
  }
}
