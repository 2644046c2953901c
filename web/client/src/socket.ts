/** One WebSocket as a reader of a conversation's events; says apart that sockets do not get through. */

import type { RawEvent } from "./sse";

const PROOF_MS = 5_000; // to open and to answer: a proxy may let the opening pass and nothing more
const SILENCE_MS = 45_000; // the server says something every 15 s
const POLICY = 1008; // the close code for who may not stay

/** The socket never came to talk: blocked on the way, or the server is away. */
export class NoSocket extends Error {}

/** Who opened it may not stay: the token has run out, or is good no longer. */
export class Unwelcome extends Error {}

export interface SocketReading {
  onOpen(): void;
  onEvent(event: RawEvent): void;
}

/** Reads until the socket closes; the wait that the server asked for. Raises: NoSocket, Unwelcome. */
export function readSocket(
  socket: WebSocket,
  signal: AbortSignal,
  reading: SocketReading,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    let talks = false;
    let wait: number | null = null;
    let timer = setTimeout(() => socket.close(), PROOF_MS);
    const abort = () => socket.close();
    signal.addEventListener("abort", abort);
    socket.addEventListener("open", () => socket.send('{"type":"ping"}'));
    socket.addEventListener("message", ({ data }: MessageEvent) => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.close(), SILENCE_MS);
      if (signal.aborted) return;
      if (!talks) {
        talks = true;
        reading.onOpen();
      }
      const { type, id, ...rest } = JSON.parse(String(data)) as { type: string; id?: number };
      if (type === "reconnect") wait = Number((rest as { after_ms?: number }).after_ms) || 0;
      else if (type !== "ping" && type !== "pong") {
        reading.onEvent({ type, data: JSON.stringify(rest), id: id === undefined ? null : String(id) });
      }
    });
    socket.addEventListener("close", ({ code }: CloseEvent) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (code === POLICY) reject(new Unwelcome());
      else if (!talks && !signal.aborted) reject(new NoSocket());
      else resolve(wait);
    });
  });
}
