/** Streams of the server that say what has changed, so that what is shown is asked for anew. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Connection, EventStream } from "../../../client/src/event_stream";
import type { RawEvent } from "../../../client/src/sse";
import { gathered } from "./gathered";

const TYPING_MS = 5_000;
const TOGETHER_MS = 50; // a turn's events come in bursts
const LIST_TOGETHER_MS = 300; // on a busy desk something changes all the time
// The server takes it as its newest event: what came before is asked for when the line is open.
const NEWEST = "9007199254740991";

function open(path: string) {
  return (after: string | null, signal: AbortSignal) =>
    fetch(path, {
      signal,
      cache: "no-store",
      headers: { accept: "text/event-stream", ...(after === null ? {} : { "last-event-id": after }) },
    });
}

/** Keeps handoffs and conversations fresh; the state of the line. */
export function useInboxLive(): Connection {
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => {
    const stale = gathered(() => {
      void queries.invalidateQueries({ queryKey: ["handoffs"] });
      void queries.invalidateQueries({ queryKey: ["handoff"] });
      void queries.invalidateQueries({ queryKey: ["conversations"] });
      void queries.invalidateQueries({ queryKey: ["approvals"] });
    }, LIST_TOGETHER_MS);
    const stream = new EventStream({
      open: open("/v1/inbox/events"),
      onEvent: stale,
      onOpen: stale, // what changed while nobody listened
      onState: setConnection,
    }).start();
    return () => {
      stale.stop();
      stream.stop();
    };
  }, [queries]);
  return connection;
}

/** Keeps one conversation's transcript fresh; whether its contact is typing now. */
export function useConversationLive(conversationId: string): boolean {
  const queries = useQueryClient();
  const [types, setTypes] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stale = gathered(() => {
      void queries.invalidateQueries({ queryKey: ["messages", conversationId] });
      void queries.invalidateQueries({ queryKey: ["conversation", conversationId] });
    }, TOGETHER_MS);
    const listening = {
      open: open(`/v1/conversations/${conversationId}/events`),
      onOpen: stale,
      onEvent: (event: RawEvent) => {
        if (event.type === "typing") {
          if (JSON.parse(event.data).author !== "contact") return;
          setTypes(true);
          clearTimeout(timer);
          timer = setTimeout(() => setTypes(false), TYPING_MS);
        } else if (event.id !== null) {
          setTypes(false);
          stale();
        }
      },
    };
    const stream = new EventStream(listening, NEWEST).start();
    return () => {
      clearTimeout(timer);
      stale.stop();
      stream.stop();
    };
  }, [conversationId, queries]);
  return types;
}
