/** Streams of the server that say what has changed, so that what is shown is asked for anew. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Connection, EventStream } from "../../../client/src/event_stream";

const TYPING_MS = 5_000;

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
    const stale = () => {
      void queries.invalidateQueries({ queryKey: ["handoffs"] });
      void queries.invalidateQueries({ queryKey: ["handoff"] });
      void queries.invalidateQueries({ queryKey: ["conversations"] });
      void queries.invalidateQueries({ queryKey: ["approvals"] });
    };
    const stream = new EventStream({
      open: open("/v1/inbox/events"),
      onEvent: stale,
      onOpen: stale, // what changed while nobody listened
      onState: setConnection,
    }).start();
    return () => stream.stop();
  }, [queries]);
  return connection;
}

/** Keeps one conversation's transcript fresh; whether its contact is typing now. */
export function useConversationLive(conversationId: string): boolean {
  const queries = useQueryClient();
  const [types, setTypes] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stream = new EventStream({
      open: open(`/v1/conversations/${conversationId}/events`),
      onEvent: (event) => {
        if (event.type === "typing") {
          if (JSON.parse(event.data).author !== "contact") return;
          setTypes(true);
          clearTimeout(timer);
          timer = setTimeout(() => setTypes(false), TYPING_MS);
        } else if (event.id !== null) {
          setTypes(false);
          void queries.invalidateQueries({ queryKey: ["messages", conversationId] });
          void queries.invalidateQueries({ queryKey: ["conversation", conversationId] });
        }
      },
    }).start();
    return () => {
      clearTimeout(timer);
      stream.stop();
    };
  }, [conversationId, queries]);
  return types;
}
