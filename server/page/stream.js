/**
 * A stream of server-sent events that mends itself.
 *
 * `EventSource` cannot send an Authorization header, so the events are read from `fetch`. After a
 * break the stream goes on from the last event it saw: the server's log has no gaps, so nothing is
 * lost and nothing comes twice.
 */

import { Problem, unreachable } from "./api.js";

const SILENCE_MS = 45_000; // the server sends a comment every 15 s; three missed mean a dead line
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const OFFLINE_AFTER_FAILURES = 4;

/** Splits a text stream into events, across any boundary of the chunks. Source: HTML § 9.2. */
export class EventParser {
  #rest = "";
  #event = { type: "message", data: [], id: null };

  /** The events that this chunk completes. */
  feed(text) {
    const events = [];
    this.#rest += text;
    // a lone \r at the end may be half of \r\n: it stays until the next chunk
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.#read(line, events);
    return events;
  }

  #read(line, events) {
    if (line === "") {
      if (this.#event.data.length) {
        events.push({ ...this.#event, data: this.#event.data.join("\n") });
      }
      this.#event = { type: "message", data: [], id: null };
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event.type = value;
    else if (field === "data") this.#event.data.push(value);
    else if (field === "id") this.#event.id = value;
  }
}

/**
 * Reads one address until stopped. `onEvent(type, data, id)`, `onOpen()` at every (re)connection,
 * `onState(state, problem)` with connecting, connected, reconnecting, offline or refused.
 */
export class EventStream {
  #options;
  #stopped = false;
  #failures = 0;
  #abort = null;
  #wake = () => {};
  #online = () => this.retry();
  #lastEventId;

  constructor({ path, key, fromStart = false, onEvent, onOpen = () => {}, onState = () => {} }) {
    this.#options = { path, key, onEvent, onOpen, onState };
    this.#lastEventId = fromStart ? "0" : null;
  }

  /** Begin to read; comes back at once. */
  start() {
    window.addEventListener("online", this.#online);
    this.#run();
    return this;
  }

  /** End for good. */
  stop() {
    this.#stopped = true;
    window.removeEventListener("online", this.#online);
    this.#abort?.abort();
    this.#wake();
  }

  /** Do not wait any longer for the next try. */
  retry() {
    this.#wake();
  }

  async #run() {
    const { onState } = this.#options;
    onState("connecting");
    while (!this.#stopped) {
      let waitMs = null;
      try {
        waitMs = await this.#readOnce();
      } catch (error) {
        if (this.#stopped) return;
        if (isFinal(error)) {
          onState("refused", error);
          this.stop();
          return;
        }
        this.#failures += 1;
      }
      if (this.#stopped) return;
      const offline = this.#failures >= OFFLINE_AFTER_FAILURES || navigator.onLine === false;
      onState(offline ? "offline" : "reconnecting");
      await this.#pause(waitMs ?? backoff(this.#failures));
    }
  }

  /** Read until the server ends the stream; the milliseconds to wait that it asked for, if any. */
  async #readOnce() {
    const { path, key, onOpen, onState } = this.#options;
    this.#abort = new AbortController();
    const headers = { accept: "text/event-stream", authorization: `Bearer ${key}` };
    if (this.#lastEventId !== null) headers["last-event-id"] = this.#lastEventId;
    let watchdog = setTimeout(() => this.#abort.abort(), SILENCE_MS);
    try {
      const response = await fetch(path, { headers, cache: "no-store", signal: this.#abort.signal });
      if (!response.ok) throw await Problem.of(response);
      this.#failures = 0;
      onOpen();
      onState("connected");
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => this.#abort.abort(), SILENCE_MS);
        for (const event of parser.feed(value)) {
          const after = this.#take(event);
          if (after !== null) return after;
        }
      }
    } catch (error) {
      throw error instanceof Problem ? error : unreachable();
    } finally {
      clearTimeout(watchdog);
      this.#abort.abort();
    }
  }

  #take({ type, data, id }) {
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      return null; // not ours: unknown kinds of events are ignored
    }
    if (id !== null) this.#lastEventId = id;
    if (type === "reconnect") return Number(value.after_ms) || FIRST_WAIT_MS;
    try {
      this.#options.onEvent(type, value, id);
    } catch (error) {
      console.error("an event could not be shown", type, error);
    }
    return null;
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function isFinal(error) {
  return [400, 401, 403, 404, 422].includes(error.status);
}

function backoff(failures) {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return wait * (0.75 + Math.random() / 2); // spread, so that many pages do not return at once
}
